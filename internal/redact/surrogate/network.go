package surrogate

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"unsafe"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// Addresses: 198.18.0.0/15 is for benchmarks of network devices (RFC 2544), 2001:db8::/32 for documentation (RFC 3849).
const (
	ipv4Base  = 198<<24 | 18<<16
	ipv4Limit = 1 << 17
	ipv4Share = 8 // 16,384 surrogates
)

// splitAddress takes zone, prefix length and brackets off an address.
func splitAddress(value []byte) (head, address, tail []byte) {
	if len(value) > 0 && value[0] == '[' {
		head, value = value[:1], value[1:]
	}
	if i := bytes.IndexAny(value, "%/]"); i >= 0 {
		return head, value[:i], value[i:]
	}
	return head, value, nil
}

// parseAddress reads an address without a zone. An IPv4 address in IPv6 form is an IPv4 address.
func parseAddress(address []byte) (parsed netip.Addr, mapped, ok bool) {
	if len(address) == 0 || bytes.IndexByte(address, '%') >= 0 {
		return netip.Addr{}, false, false
	}
	// Without a zone nothing of the text is kept, so no copy is made.
	parsed, err := netip.ParseAddr(unsafe.String(unsafe.SliceData(address), len(address)))
	if err != nil {
		return netip.Addr{}, false, false
	}
	return parsed.Unmap(), parsed.Is4In6(), true
}

func (m *maker) appendAddress(dst, value []byte) []byte {
	head, address, tail := splitAddress(value)
	parsed, mapped, ok := parseAddress(address)
	if !ok {
		return m.appendMalformed(dst, detect.IPv4, value, func(_ *maker, text []byte) bool {
			_, address, _ := splitAddress(text)
			_, _, ok := parseAddress(address)
			return ok
		})
	}
	dst = append(dst, head...)
	if parsed.Is4() {
		bytes4 := parsed.As4()
		m.seed(string(detect.IPv4), bytes4[:])
		n := ipv4Base + uint32(m.sample(familyIPv4, ipv4Limit, ipv4Share))
		if mapped {
			dst = append(dst, "::ffff:"...)
		}
		dst = netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).AppendTo(dst)
		return append(dst, tail...)
	}
	bytes16 := parsed.As16()
	m.seed(string(detect.IPv6), bytes16[:])
	surrogate := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	binary.BigEndian.PutUint64(surrogate[4:], m.uint64())
	binary.BigEndian.PutUint32(surrogate[12:], ipv6Check(m.ring.checks[0], surrogate))
	start := len(dst)
	dst = netip.AddrFrom16(surrogate).AppendTo(dst)
	if bytes.ContainsAny(address, "ABCDEF") {
		for i := start; i < len(dst); i++ {
			dst[i] = upperByte(dst[i])
		}
	}
	return append(dst, tail...)
}

func ipv6Check(key sipKey, address [16]byte) uint32 {
	s := newSip(key)
	s.writeByte(familyIPv6)
	s.writeUint64(binary.BigEndian.Uint64(address[4:]))
	return uint32(s.sum())
}

func (m *maker) madeAddress(value []byte) bool {
	_, address, _ := splitAddress(value)
	parsed, _, ok := parseAddress(address)
	if !ok {
		return m.madeIdentifier(detect.NationalID, value)
	}
	if parsed.Is4() {
		bytes4 := parsed.As4()
		n := binary.BigEndian.Uint32(bytes4[:])
		return n&^(ipv4Limit-1) == ipv4Base && m.passes(familyIPv4, uint64(n-ipv4Base), ipv4Share)
	}
	bytes16 := parsed.As16()
	if binary.BigEndian.Uint32(bytes16[:]) != 0x20010db8 {
		return false
	}
	for _, key := range m.ring.checks {
		if ipv6Check(key, bytes16) == binary.BigEndian.Uint32(bytes16[12:]) {
			return true
		}
	}
	return false
}

// MAC addresses: the first byte 02 is that of an address its owner gave himself (IEEE 802), for one device; then 28 bits of
// the value and 12 of the check. Containers and virtual machines have such addresses too: of theirs 1 in 4,096 stays.
const (
	macDigits    = 12
	macEUI64     = 16
	macHexChecks = 3
)

func isMAC(digits []byte) bool {
	for _, c := range digits {
		if !isHexLower(lowerByte(c)) {
			return false
		}
	}
	return len(digits) == macDigits || len(digits) == macEUI64
}

func (m *maker) layoutMAC() {
	m.slots = m.slots[:0]
	for i := 2; i < len(m.text); i++ {
		m.slots = append(m.slots, slot{int32(i), hexUpper})
	}
}

func (m *maker) appendMAC(dst, value []byte) []byte {
	m.text = appendAlnumUpper(m.text[:0], value)
	if !isMAC(m.text) {
		return m.appendMalformed(dst, detect.MAC, value, func(m *maker, text []byte) bool {
			m.spare = appendAlnumUpper(m.spare[:0], text)
			return isMAC(m.spare)
		})
	}
	m.seed(string(detect.MAC), m.text)
	m.text[0], m.text[1] = '0', '2'
	m.layoutMAC()
	m.fill(familyMAC, macHexChecks)
	small := !bytes.ContainsAny(value, "ABCDEF")
	characters := m.text
	for _, c := range value {
		if isAlnum(c) {
			c, characters = characters[0], characters[1:]
			if small {
				c = lowerByte(c)
			}
		}
		dst = append(dst, c)
	}
	return dst
}

func (m *maker) madeMAC(value []byte) bool {
	m.text = appendAlnumUpper(m.text[:0], value)
	if !isMAC(m.text) {
		return m.madeIdentifier(detect.NationalID, value)
	}
	if m.text[0] != '0' || m.text[1] != '2' {
		return false
	}
	m.layoutMAC()
	return m.filled(familyMAC, macHexChecks)
}
