//! Which addresses belong to the public internet.

use std::net::IpAddr;

/// Whether an address belongs to the public internet (RFC 6890 and successors).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                // The old 6to4 relays.
                || (a == 192 && b == 88 && c == 99)
                // Public by its number, but inside Azure it is the machine's own platform.
                || v4.octets() == [168, 63, 129, 16]
                || (a == 198 && (18..20).contains(&b))
                || a >= 240)
        }
        IpAddr::V6(v6) => {
            let [first, second, third, ..] = v6.segments();
            if let Some(v4) = v6.to_ipv4() {
                return is_public(IpAddr::V4(v4));
            }
            if first == 0x64 && second == 0xff9b && third == 0 {
                // NAT64: the last 32 bits are an IPv4 address.
                let [.., a, b, c, d] = v6.octets();
                return is_public(IpAddr::from([a, b, c, d]));
            }
            // Global unicast is 2000::/3; of it, what is for protocols (Teredo among them), documentation and 6to4 are
            // left out. Outside of it is 64:ff9b:1::/48, where each network decides where the IPv4 address stands.
            first & 0xe000 == 0x2000
                && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
                && first != 0x2002
                && !(first == 0x3fff && second < 0x1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_recognised_in_every_guise() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "3fff::1",
            "64:ff9b:1:a00:0:100::808",
            "64:ff9b:1::808:808",
            "192.88.99.1",
            "168.63.129.16",
            "224.0.0.1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
            "172.15.0.1",
            "100.128.0.1",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
