package rrpair

// Field names a member of an RRPair that the model knows, at the top level, in
// http, in http.req or in http.res. The constants stand in the order in which
// the members are written.
type Field uint8

// The members of the top level, in their order.
const (
	FieldMsgType Field = iota
	FieldResource
	FieldTS
	FieldIsTLS
	FieldL7Protocol
	FieldDuration
	FieldALPN
	FieldTags
	FieldUUID
	FieldDirection
	FieldCluster
	FieldNamespace
	FieldService
	FieldTech
	FieldNetworkAddress
	FieldCommand
	FieldLocation
	FieldStatus
	FieldDLPModified
	FieldDLPRule
	FieldPartOfStreamUUID
	FieldStreamSeqNum
	FieldHTTP
	FieldPostgres
	FieldAMQP
	FieldTokenList
	FieldSession
	FieldSignature
	FieldEvents
	FieldNetinfo
	FieldMutableSignature
	FieldResponderMatch

	// The members of http.
	FieldRequest
	FieldResponse

	// The members of http.req.
	FieldRequestURL
	FieldRequestURI
	FieldRequestVersion
	FieldRequestMethod
	FieldRequestHost
	FieldRequestHeaders
	FieldRequestQueryParams
	FieldRequestBodyBase64
	FieldRequestBody

	// The members of http.res.
	FieldResponseContentType
	FieldResponseStatusCode
	FieldResponseStatusMessage
	FieldResponseHeaders
	FieldResponseBodyBase64
	FieldResponseBody

	fieldCount
	// fieldUnknown stands for every member that the model does not name. It
	// sorts behind the known ones.
	fieldUnknown
)

// fieldNames returns the dotted path of every field. An array result keeps the
// table free of package state.
func fieldNames() [fieldCount]string {
	return [fieldCount]string{
		"msgType", "resource", "ts", "isTls", "l7protocol", "duration", "alpn", "tags", "uuid", "direction",
		"cluster", "namespace", "service", "tech", "network_address", "command", "location", "status",
		"dlpModified", "dlpRule", "partOfStreamUUID", "streamSeqNum", "http", "postgres", "AmqpV091",
		"tokenList", "session", "signature", "events", "netinfo", "mutableSignature", "responderMatch",
		"http.req", "http.res",
		"http.req.url", "http.req.uri", "http.req.version", "http.req.method", "http.req.host",
		"http.req.headers", "http.req.queryParams", "http.req.bodyBase64", "http.req.body",
		"http.res.contentType", "http.res.statusCode", "http.res.statusMessage", "http.res.headers",
		"http.res.bodyBase64", "http.res.body",
	}
}

// String returns the field's dotted path, such as "http.req.method".
func (f Field) String() string {
	if f >= fieldCount {
		return "unknown"
	}
	names := fieldNames()
	return names[f]
}

func topField(key []byte) Field {
	switch string(key) {
	case "msgType":
		return FieldMsgType
	case "resource":
		return FieldResource
	case "ts":
		return FieldTS
	case "isTls":
		return FieldIsTLS
	case "l7protocol":
		return FieldL7Protocol
	case "duration":
		return FieldDuration
	case "alpn":
		return FieldALPN
	case "tags":
		return FieldTags
	case "uuid":
		return FieldUUID
	case "direction":
		return FieldDirection
	case "cluster":
		return FieldCluster
	case "namespace":
		return FieldNamespace
	case "service":
		return FieldService
	case "tech":
		return FieldTech
	case "network_address":
		return FieldNetworkAddress
	case "command":
		return FieldCommand
	case "location":
		return FieldLocation
	case "status":
		return FieldStatus
	case "dlpModified":
		return FieldDLPModified
	case "dlpRule":
		return FieldDLPRule
	case "partOfStreamUUID":
		return FieldPartOfStreamUUID
	case "streamSeqNum":
		return FieldStreamSeqNum
	case "http":
		return FieldHTTP
	case "postgres":
		return FieldPostgres
	case "AmqpV091":
		return FieldAMQP
	case "tokenList":
		return FieldTokenList
	case "session":
		return FieldSession
	case "signature":
		return FieldSignature
	case "events":
		return FieldEvents
	case "netinfo":
		return FieldNetinfo
	case "mutableSignature":
		return FieldMutableSignature
	case "responderMatch":
		return FieldResponderMatch
	}
	return fieldUnknown
}

func httpField(key []byte) Field {
	switch string(key) {
	case "req":
		return FieldRequest
	case "res":
		return FieldResponse
	}
	return fieldUnknown
}

func requestField(key []byte) Field {
	switch string(key) {
	case "url":
		return FieldRequestURL
	case "uri":
		return FieldRequestURI
	case "version":
		return FieldRequestVersion
	case "method":
		return FieldRequestMethod
	case "host":
		return FieldRequestHost
	case "headers":
		return FieldRequestHeaders
	case "queryParams":
		return FieldRequestQueryParams
	case "bodyBase64":
		return FieldRequestBodyBase64
	case "body":
		return FieldRequestBody
	}
	return fieldUnknown
}

func responseField(key []byte) Field {
	switch string(key) {
	case "contentType":
		return FieldResponseContentType
	case "statusCode":
		return FieldResponseStatusCode
	case "statusMessage":
		return FieldResponseStatusMessage
	case "headers":
		return FieldResponseHeaders
	case "bodyBase64":
		return FieldResponseBodyBase64
	case "body":
		return FieldResponseBody
	}
	return fieldUnknown
}

// isBody reports whether the field is one of the four members that hold bodies.
func (f Field) isBody() bool {
	switch f {
	case FieldRequestBodyBase64, FieldRequestBody, FieldResponseBodyBase64, FieldResponseBody:
		return true
	}
	return false
}
