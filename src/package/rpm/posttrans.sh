if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if [ -e /run/mart-dhis2-sync.upgrade ]; then
        rm /run/mart-dhis2-sync.upgrade
        systemctl start mart-dhis2-sync.service
    fi
fi
exit 0
