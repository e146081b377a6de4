package demo

import "encoding/base64"

// head is what all protocols have in front of their own member.
type head struct {
	call     *call
	id       [16]byte
	pod      *pod
	protocol string
	tech     string
	alpn     string // set for TLS
	tls      bool
	command  string
	location []byte
	status   string
	address  string // network_address without the port
	port     int
}

// appendHead begins a pair, up to and including status.
func (g *Generator) appendHead(dst []byte, h *head) []byte {
	c, s, r := h.call, &g.services[h.call.service], &g.random
	r.fill(h.id[:])
	h.id[6] = h.id[6]&0x0f | 0x40 // version 4
	h.id[8] = h.id[8]&0x3f | 0x80
	h.pod = &s.pods[r.below(podsPerService)]
	h.pod.sequence += int64(r.between(1, 5))

	dst = append(dst, `{"msgType":"rrpair","resource":"`...)
	dst = append(dst, s.name...)
	dst = append(dst, `","ts":"`...)
	dst = appendTime(dst, c.at+int64(r.below(1000)))
	if h.tls {
		dst = append(dst, `","isTls":true,"l7protocol":"`...)
	} else {
		dst = append(dst, `","l7protocol":"`...)
	}
	dst = append(append(dst, h.protocol...), '"')
	if millis := c.took / 1000; millis > 0 { // proto3 leaves out zero
		dst = appendInt(append(dst, `,"duration":`...), millis)
	}
	if h.alpn != "" {
		dst = append(append(append(dst, `,"alpn":"`...), h.alpn...), '"')
	}
	dst = g.appendTags(dst, h, s)
	dst = appendBase64Text(append(dst, `,"uuid":`...), h.id[:])
	if c.outbound {
		dst = append(dst, `,"direction":"OUT"`...)
	} else {
		dst = append(dst, `,"direction":"IN"`...)
	}
	if g.options.Undefined > 0 && r.chance(g.options.Undefined) {
		dst = append(dst, `,"cluster":"undefined","namespace":"undefined","service":"undefined"`...)
	} else {
		dst = append(dst, `,"cluster":"`+clusterName+`","namespace":"`+namespaceName+`","service":"`...)
		dst = append(append(dst, s.name...), '"')
	}
	if h.tech != "" {
		dst = append(append(append(dst, `,"tech":"`...), h.tech...), '"')
	}
	dst = append(append(dst, `,"network_address":"`...), h.address...)
	dst = appendInt(append(dst, ':'), int64(h.port))
	dst = append(append(dst, `","command":"`...), h.command...)
	dst = appendQuoted(append(dst, `","location":`...), h.location)
	dst = append(append(dst, `,"status":"`...), h.status...)
	return append(dst, '"')
}

func (g *Generator) appendTags(dst []byte, h *head, s *service) []byte {
	dst = append(dst, `,"tags":{"captureMode":"proxy",`...)
	switch h.call.kind {
	case kindPostgres:
		dst = append(dst, `"dissectorVersion":"2",`...)
	case kindHTTP:
		dst = append(dst, `"decoded":"true",`...)
	}
	dst = append(append(dst, `"k8sAppLabel":"`...), s.name...)
	if !h.pod.outside {
		dst = append(append(dst, `","k8sAppPodName":"`...), h.pod.name...)
		dst = append(append(dst, `","k8sAppPodNamespace":"`+namespaceName+`","k8sClusterName":"`+clusterName+`","proxyId":"`...), h.pod.name...)
	}
	dst = append(dst, `","proxyLocation":"`...)
	if h.call.outbound {
		dst = append(dst, "out"...)
	} else {
		dst = append(dst, "in"...)
	}
	if h.pod.outside {
		dst = append(dst, `","proxyProtocol":"tcp:http","proxyType":"dual","proxyVersion":"`+proxyVersion+`","reverseProxyHost":"localhost","reverseProxyPort":"`...)
		dst = appendInt(dst, int64(s.port))
	} else {
		dst = append(dst, `","proxyProtocol":"","proxyType":"transparent","proxyVersion":"`+proxyVersion...)
	}
	dst = append(dst, `","sequence":"`...)
	dst = appendInt(dst, h.pod.sequence)
	return append(dst, `","source":"goproxy"}`...)
}

// appendNetinfo appends the connection the exchange went over; sizes are bytes of this exchange.
func (g *Generator) appendNetinfo(dst []byte, h *head, remote [4]byte, host string, port, sent, got int) []byte {
	c := h.call
	client, server := h.pod.addr, remote
	if !c.outbound {
		client, server = remote, h.pod.addr
	}
	conn := g.connect(&g.services[c.service], c.outbound, client, c.at)
	conn.sent += int64(sent)
	conn.got += int64(got)
	dst = appendInt(append(dst, `,"netinfo":{"id":"`...), conn.id)
	dst = appendTime(append(dst, `","startTime":"`...), conn.established+310_117)
	dst = appendTime(append(dst, `","downstream":{"established":"`...), conn.established)
	dst = appendIPv4(append(dst, `","ipAddress":"`...), conn.downstream)
	dst = appendInt(append(dst, `","port":`...), int64(conn.port))
	dst = appendInt(append(dst, `,"bytesSent":"`...), conn.sent)
	dst = appendTime(append(dst, `"},"upstream":{"established":"`...), conn.established+1_204_881)
	dst = appendIPv4(append(dst, `","ipAddress":"`...), server)
	dst = appendInt(append(dst, `","port":`...), int64(port))
	dst = append(append(dst, `,"hostname":"`...), host...)
	dst = appendInt(append(dst, `","bytesSent":"`...), conn.got)
	return append(dst, `"}}`...)
}

// token is one entry of tokenList: text found at location that replays must exchange.
func (g *Generator) appendToken(dst []byte, h *head, first bool, kind, pattern, location string, text []byte) []byte {
	if first {
		dst = append(dst, `,"tokenList":{`...)
	} else {
		dst = append(dst, ',')
	}
	for i := range 2 {
		if i == 1 {
			dst = append(dst, `:{"id":`...)
		}
		dst = append(append(append(dst, '"'), kind...), ':')
		dst = appendEscaped(dst, text)
		dst = append(dst, '"')
	}
	dst = append(dst, `,"tokens":[{"uuid":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, h.id[:])
	dst = append(append(dst, `","token":{"location":"`...), location...)
	dst = append(append(dst, `","pattern":"DATA_PATTERN_`...), pattern...)
	dst = appendBase64Text(append(dst, `","replacementValue":`...), text)
	return append(dst, `}}]}`...)
}
