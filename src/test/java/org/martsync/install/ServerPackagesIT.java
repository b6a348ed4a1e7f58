package org.martsync.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.eclipse.packager.rpm.FileFlags;
import org.eclipse.packager.rpm.RpmTag;
import org.eclipse.packager.rpm.RpmTagValue;
import org.eclipse.packager.rpm.parse.RpmInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packages that the build has just made, opened. */
class ServerPackagesIT {

    private static final String ETC = "/etc/mart-dhis2-sync";

    /** A file or directory of a package. */
    private record Packed(boolean directory, int mode, String owner, boolean kept) {
    }

    private static final Map<String, Packed> DEB = new TreeMap<>();
    private static final Map<String, String> CONTROL = new TreeMap<>();
    private static final Map<String, Packed> RPM = new TreeMap<>();

    @BeforeAll
    static void open() throws IOException {
        openDeb(newest(".deb"));
        openRpm(newest(".rpm"));
    }

    @Test
    void bothPackagesHoldTheSameFilesWithTheSameModes() {
        assertThat(files(RPM)).containsExactlyElementsOf(files(DEB));
        for (String file : files(DEB)) {
            boolean secret = file.startsWith(ETC + "/config/secrets/");
            assertThat(RPM.get(file).mode()).as(file).isEqualTo(secret ? 0640 : DEB.get(file).mode());
        }
    }

    @Test
    void theProgramItsUnitItsUserAndItsCommandAreInThem() {
        assertThat(DEB).containsKeys("/usr/share/mart-dhis2-sync/mart-dhis2-sync.jar", "/usr/lib/systemd/system/mart-dhis2-sync.service",
                "/usr/lib/sysusers.d/mart-dhis2-sync.conf", "/usr/share/doc/mart-dhis2-sync/docs/installing.md");
        assertThat(DEB.get("/usr/bin/mart-dhis2-sync").mode()).isEqualTo(0755);
    }

    @Test
    void allRoutesAndSettingsLieBelowEtcAndAreKeptWhenEdited() throws IOException {
        Set<String> expected = new TreeSet<>();
        for (String directory : List.of("routes", "config")) {
            below(Path.of(directory)).forEach(file -> expected.add(ETC + "/" + directory + "/" + file));
        }
        below(Path.of("src/package/root/etc")).forEach(file -> expected.add("/etc/" + file));

        assertThat(files(DEB).stream().filter(file -> file.startsWith("/etc/"))).containsExactlyElementsOf(expected);
        for (Map<String, Packed> one : List.of(DEB, RPM)) {
            assertThat(files(one).stream().filter(file -> one.get(file).kept())).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void onlyRootAndTheProgramReadWhatASiteWrites() {
        assertThat(RPM.get(ETC)).isEqualTo(new Packed(true, 0750, "root:mart-dhis2-sync", false));
        assertThat(RPM.get(ETC + "/config/secrets/application.yaml")).isEqualTo(new Packed(false, 0640, "root:mart-dhis2-sync", true));
        // a .deb knows no user before its scripts have made it
        assertThat(CONTROL.get("postinst")).contains("own 0750 " + ETC + "\n", "own 0640 " + ETC + "/config/secrets/application.yaml\n");
        assertThat(Stream.concat(DEB.values().stream(), RPM.values().stream())).allMatch(packed -> packed.owner().startsWith("root:"));
    }

    @Test
    void noDirectoryOfTheSystemBelongsToTheRpm() {
        assertThat(RPM.keySet()).allMatch(path -> path.contains("mart-dhis2-sync"));
    }

    @Test
    void aDebHasItsScripts() {
        assertThat(CONTROL).containsKeys("control", "conffiles", "md5sums", "postinst", "prerm", "postrm");
        assertThat(CONTROL.get("control")).contains("Package: mart-dhis2-sync\n").contains("java17-runtime-headless").doesNotContain("[[");
    }

    private static void openDeb(Path file) throws IOException {
        try (ArArchiveInputStream deb = new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (ArchiveEntry part = deb.getNextEntry(); part != null; part = deb.getNextEntry()) {
                if (part.getName().equals("control.tar.gz")) {
                    TarArchiveInputStream tar = tar(deb);
                    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                        CONTROL.put(path(entry.getName()).substring(1), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
                    }
                } else if (part.getName().equals("data.tar.gz")) {
                    TarArchiveInputStream tar = tar(deb);
                    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                        String path = path(entry.getName());
                        DEB.put(path, new Packed(entry.isDirectory(), entry.getMode() & 07777, entry.getUserName() + ":" + entry.getGroupName(),
                                CONTROL.get("conffiles").lines().anyMatch(path::equals)));
                    }
                }
            }
        }
    }

    private static TarArchiveInputStream tar(InputStream in) throws IOException {
        return new TarArchiveInputStream(new GZIPInputStream(in));
    }

    private static void openRpm(Path file) throws IOException {
        try (RpmInputStream rpm = new RpmInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            String[] names = tag(rpm, RpmTag.BASENAMES).asStringArray().orElseThrow();
            String[] directories = tag(rpm, RpmTag.DIRNAMES).asStringArray().orElseThrow();
            Integer[] directory = tag(rpm, RpmTag.DIR_INDEXES).asIntegerArray().orElseThrow();
            Short[] modes = (Short[]) tag(rpm, RpmTag.FILE_MODES).getValue();
            Integer[] flags = tag(rpm, RpmTag.FILE_FLAGS).asIntegerArray().orElseThrow();
            String[] users = tag(rpm, RpmTag.FILE_USERNAME).asStringArray().orElseThrow();
            String[] groups = tag(rpm, RpmTag.FILE_GROUPNAME).asStringArray().orElseThrow();
            int kept = FileFlags.CONFIGURATION.getValue() | FileFlags.NOREPLACE.getValue();
            for (int i = 0; i < names.length; i++) {
                RPM.put(directories[directory[i]] + names[i], new Packed((modes[i] & 0170000) == 040000, modes[i] & 07777,
                        users[i] + ":" + groups[i], (flags[i] & kept) == kept));
            }
        }
    }

    private static RpmTagValue tag(RpmInputStream rpm, RpmTag tag) throws IOException {
        return new RpmTagValue(rpm.getPayloadHeader().getTag(tag));
    }

    private static List<String> files(Map<String, Packed> packed) {
        return packed.keySet().stream().filter(path -> !packed.get(path).directory()).toList();
    }

    /** "./etc/x/" and "etc/x" are "/etc/x". */
    private static String path(String name) {
        return "/" + name.replaceFirst("^\\./", "").replaceFirst("/$", "");
    }

    private static List<String> below(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).map(file -> directory.relativize(file).toString()).toList();
        }
    }

    private static Path newest(String ending) throws IOException {
        try (Stream<Path> paths = Files.list(Path.of("target"))) {
            return paths.filter(path -> path.toString().endsWith(ending)).max(Comparator.comparing(path -> path.toFile().lastModified())).orElseThrow();
        }
    }
}
