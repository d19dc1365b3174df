// RFC 8910 in the words of each server.

/** `[name, lines]` that announce the address of the captive-portal API. */
export function dhcpLines(address) {
  return [
    ["ISC DHCP", `option captive-portal code 114 = text;\noption captive-portal "${address}";`],
    ["Kea", JSON.stringify({ Dhcp4: { "option-data": [{ name: "v4-captive-portal", data: address }] } }, null, 2)],
    ["dnsmasq", `dhcp-option=114,${address}\ndhcp-option=option6:103,${address}`],
    ["OpenWrt", `uci add_list dhcp.lan.dhcp_option='114,${address}'\nuci commit dhcp\n/etc/init.d/dnsmasq restart`],
    ["MikroTik RouterOS", `/ip dhcp-server option add name=captive-portal code=114 value="'${address}'"\n/ip dhcp-server network set [find] dhcp-option=captive-portal`],
    ["Cisco IOS", `ip dhcp pool GUESTS\n option 114 ascii ${address}`],
    ["radvd (IPv6)", `interface guests0 {\n    AdvSendAdvert on;\n    AdvCaptivePortalAPI "${address}";\n};`],
  ];
}
