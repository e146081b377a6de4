package rrpairreceiver

import "go.opentelemetry.io/collector/pdata/pcommon"

// direction is where an RRPair was captured, relative to the captured service.
type direction uint8

const (
	directionOther direction = iota
	directionIn
	directionOut
	directionCount
)

func (d direction) String() string {
	return [directionCount]string{"other", "in", "out"}[d]
}

func directionOf(value pcommon.Value) direction {
	switch text(value) {
	case "IN":
		return directionIn
	case "OUT":
		return directionOut
	}
	return directionOther
}

// protocol is an application protocol out of a fixed list: a metric's attribute
// must not grow with what senders write.
type protocol uint8

const (
	protocolOther protocol = iota
	protocolHTTP
	protocolHTTPS
	protocolHTTP2
	protocolGRPC
	protocolPostgres
	protocolMySQL
	protocolMSSQL
	protocolOracle
	protocolMongo
	protocolRedis
	protocolKafka
	protocolAMQP
	protocolDNS
	protocolCount
)

func protocolNames() [protocolCount]string {
	return [protocolCount]string{
		"other", "http", "https", "http2", "grpc", "postgres", "mysql", "mssql", "oracle", "mongo", "redis", "kafka", "amqp", "dns",
	}
}

func protocolOf(value pcommon.Value) protocol {
	switch text(value) {
	case "http":
		return protocolHTTP
	case "https":
		return protocolHTTPS
	case "http2":
		return protocolHTTP2
	case "grpc":
		return protocolGRPC
	case "postgres", "postgresql":
		return protocolPostgres
	case "mysql":
		return protocolMySQL
	case "mssql":
		return protocolMSSQL
	case "oracle":
		return protocolOracle
	case "mongo", "mongodb":
		return protocolMongo
	case "redis":
		return protocolRedis
	case "kafka":
		return protocolKafka
	case "amqp", "amqp091":
		return protocolAMQP
	case "dns":
		return protocolDNS
	}
	return protocolOther
}

func text(value pcommon.Value) string {
	if value.Type() != pcommon.ValueTypeStr {
		return ""
	}
	return value.Str()
}
