package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Who can reach the console at all. */
class AddressTest {

    @Test
    void onlyThisMachineUnlessToldOtherwise() throws IOException {
        assertThat(reachedAt()).containsExactly("127.0.0.1");
    }

    @Test
    void anyMachineIfTold() throws IOException {
        assertThat(reachedAt("--server.address=0.0.0.0")).containsExactlyElementsOf(addresses());
    }

    private static List<String> reachedAt(String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of("--server.port=0", "--camel.main.run-controller=false", "--routes.watch=false", "--spring.jmx.enabled=false",
                "--camel.main.routes-include-pattern=false", "--console.user=nurse", "--console.password=right"));
        all.addAll(List.of(settings));
        SpringApplication application = new SpringApplication(ConsoleLoginTest.Parts.class);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        try (ConfigurableApplicationContext program = application.run(all.toArray(String[]::new))) {
            int port = program.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            List<String> reached = new ArrayList<>();
            for (String address : addresses()) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, port), 2_000);
                    reached.add(address);
                } catch (IOException refused) {
                    // not reached
                }
            }
            return reached;
        }
    }

    /** All of this machine that are of the older kind, and where there is one another name of the machine for itself. */
    private static List<String> addresses() throws IOException {
        List<String> addresses = new ArrayList<>(List.of("127.0.0.1"));
        if (System.getProperty("os.name").equals("Linux")) {
            addresses.add("127.0.0.2");
        }
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).filter(one -> one.getAddress().length == 4 && !one.isLoopbackAddress())
                .map(InetAddress::getHostAddress).forEach(addresses::add);
        return addresses;
    }
}
