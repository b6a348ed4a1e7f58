# The user is there before the files that belong to it.
echo 'u mart-dhis2-sync - "mart-dhis2-sync" /var/lib/mart-dhis2-sync' | systemd-sysusers --replace=/usr/lib/sysusers.d/mart-dhis2-sync.conf - || exit 1

# Stops the program before its files change: it takes up edited routes while it runs, and new ones are not made for an old program.
if [ "$1" -gt 1 ] && [ -d /run/systemd/system ]; then
    case "$(systemctl is-active mart-dhis2-sync.service)" in
    active | activating)
        # what ran before runs afterwards, see posttrans
        touch /run/mart-dhis2-sync.upgrade
        systemctl stop mart-dhis2-sync.service
        ;;
    esac
fi
exit 0
