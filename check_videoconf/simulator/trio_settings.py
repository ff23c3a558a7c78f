"""Settings of the simulated Trio: its network, where it gets its configuration from, and its parameters."""

from __future__ import annotations

from typing import Any

SERVER = "https://prov.example.net"
TIME_SERVER = "192.0.2.123"
NAME_SERVER = "192.0.2.53"


def network_info() -> dict[str, str]:
    """The `data` of mgmt/network/info."""
    return {
        "DHCP": "enabled",
        "IPV4Address": "192.0.2.40",
        "SubnetMask": "255.255.255.0",
        "DefaultGateway": "192.0.2.1",
        "IPV6Address": "::",
        "DHCPServer": "192.0.2.2",
        "DHCPBootServerUseOption": "Custom+Option66",
        "DHCPBootServerOption": "161",
        "DHCPBootServerOptionType": "String",
        "DHCPOption60Format": "ASCII String",
        "DNSServer": NAME_SERVER,
        "AlternateDNSServer": "",
        "DNSDomain": "example.net",
        "VLANID": "",
        "VLANDiscoveryMode": "Fixed",
        "VLANIDOption": "129",
        "LLDP": "enabled",
        "CDPCompatibility": "enabled",
        "LANPortStatus": "active",
        "LANSpeed": "100Mbps",
        "ProvServerAddress": SERVER,
        "ProvServerType": "HTTPS",
        "ProvServerUser": "PlcmSpIp",
        "UpgradeServer": "",
        "ZTPStatus": "disabled",
        "SNTPAddress": TIME_SERVER,
    }


def running_config() -> dict[str, dict[str, str]]:
    """The `data` of mgmt/device/runningConfig."""
    return {
        "Network": {
            "IPAddress": "192.0.2.40",
            "SubnetMask": "255.255.255.0",
            "IPGateway": "192.0.2.1",
            "IPStack": "IPv4 Only",
            "PreferredNetwork": "IPv6",
            "IPv6Address": "::",
            "IPv6Gateway": "::",
            "IPv6LinkAddress": "::",
            "IPv6ULAAddress": "::",
            "IPv6AddressDiscovery": "DHCP",
            "VLAN": "",
            "VLANFiltering": "Disabled",
            "StormFiltering": "Enabled",
            "StormFilterPPS": "38",
            "CDP": "Enabled",
            "LLDP": "Enabled",
        },
        "DHCP": {
            "Feature": "Enabled",
            "OfferTimeout": "1",
            "BootServerUseOption": "Custom then Default",
            "BootServerOption": "161",
            "BootServerOptionType": "String",
            "Option60Format": "ASCII String",
            "VLANDiscovery": "Default",
            "VLANDiscoveryOption": "129",
        },
        "Provisioning": {
            "Server": SERVER,
            "ServerType": "HTTPS",
            "User": "PlcmSpIp",
            "FileTxTries": "3",
            "RetryWait": "1",
            "MaxServers": "8",
            "NetworkEnv": "Cable/DSL",
            "TagSerialNo": "Disabled",
        },
        "DNS": {"Feature": "Enabled", "PrimaryServer": NAME_SERVER, "SecondaryServer": "", "Domain": "example.net"},
        "SNTP": {"Server": TIME_SERVER, "GMTOffsetHours": "0", "GMTOffsetSeconds": "0"},
        "Syslog": {
            "Server": "",
            "Transport": "UDP",
            "RenderLevel": "4",
            "Facility": "16",
            "PrependMAC": "Disabled",
        },
        "TR069": {
            "Feature": "Disabled",
            "ACSURL": "",
            "ACSUsername": "",
            "CPEUsername": "",
            "PeriodicInform": "Disabled",
            "InformInterval": "18000",
            "UpgradeManagement": "Disabled",
        },
    }


def parameters() -> dict[str, dict[str, str]]:
    """What mgmt/config/get knows, by name."""
    return {
        "apps.restapi.enabled": {"Value": "1", "Source": "config"},
        "device.local.deviceName": {"Value": "", "Source": "device"},
        "reg.1.address": {"Value": "room1", "Source": "web"},
        "reg.1.auth.password": {"Value": "registrar-secret", "Source": "config"},
        "video.callRate": {"Value": "2048", "Source": "default"},
    }


def paired() -> dict[str, Any]:
    """The `data` of mgmt/mrpair/info."""
    components = (
        ("cameraSrc", "EagleEye Mini", "USB camera", "8G1234", "urn:cam:1"),
        ("displayUI", "Visual+", "HDMI", "8L9876", "urn:disp:1"),
        ("audioSrcSink", "Trio 8500", "", "", "urn:aud:1"),
    )
    names = ("componentType", "componentName", "componentDetail", "componentSerialNumber", "componentUri")
    return {"ConnectedDeviceList": [{"ComponentList": [dict(zip(names, values)) for values in components]}]}
