if [ "$1" -eq 1 ]; then
    echo "mart-dhis2-sync needs its settings before it can start: /etc/mart-dhis2-sync/config/. Then: systemctl enable --now mart-dhis2-sync"
fi
exit 0
