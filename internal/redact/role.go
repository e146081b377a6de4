package redact

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// role is what the RRPair's model says of a place. Documents that are no RRPairs have roleNone throughout.
type role uint8

const (
	roleNone       role = iota
	rolePair            // the top level
	roleHTTP            // http
	roleSide            // http.req, http.res
	roleHeaders         // their headers, and the values within
	roleQuery           // queryParams
	roleBody            // body, as text
	roleBodyBase64      // bodyBase64
	roleTarget          // url, uri, location: a path with or without its query
	roleSignature       // signature: base64 of parts of the request
	roleCopies          // mutableSignature, session: plain copies of what stands elsewhere
	roleTokens          // tokenList: names and values are copies
	roleTokenValue      // replacementValue: base64 where it is a copy
	rolePostgres
	roleSQL  // the text of a statement
	roleAMQP // AmqpV091
	roleSASL // the response of connection.startOk: user and password
	roleFixed
	roleDLPModified
	roleDLPRule
)

// child is the role of a member named name.
func (r role) child(name []byte) role {
	switch r {
	case roleNone:
		return roleNone
	case rolePair:
		return topRole(name)
	case roleHTTP:
		switch string(name) {
		case "req", "res":
			return roleSide
		}
	case roleSide:
		switch string(name) {
		case "headers":
			return roleHeaders
		case "queryParams":
			return roleQuery
		case "bodyBase64":
			return roleBodyBase64
		case "body":
			return roleBody
		case "url", "uri":
			return roleTarget
		}
	case roleHeaders, roleQuery, roleSignature, roleCopies, roleFixed:
		return r
	case roleTokens:
		if string(name) == "replacementValue" {
			return roleTokenValue
		}
		return roleTokens
	case rolePostgres, roleSQL: // the messages of a simple query are called query, too
		if string(name) == "query" {
			return roleSQL
		}
		return rolePostgres
	case roleAMQP:
		if string(name) == "response" {
			return roleSASL
		}
		return roleAMQP
	}
	return roleNone
}

func topRole(name []byte) role {
	switch string(name) {
	case "http":
		return roleHTTP
	case "postgres":
		return rolePostgres
	case "AmqpV091":
		return roleAMQP
	case "signature":
		return roleSignature
	case "mutableSignature", "session":
		return roleCopies
	case "tokenList":
		return roleTokens
	case "location":
		return roleTarget
	case "msgType", "direction":
		return roleFixed
	case "dlpModified":
		return roleDLPModified
	case "dlpRule":
		return roleDLPRule
	}
	return roleNone
}

// place is the kind of place that values of the role stand in.
func (r role) place() detect.Place {
	switch r {
	case roleHeaders:
		return detect.PlaceHeader
	case roleQuery:
		return detect.PlaceQuery
	case roleTarget:
		return detect.PlacePath
	case rolePostgres, roleSQL:
		return detect.PlaceSQL
	case roleBody, roleBodyBase64:
		return detect.PlaceText
	}
	return detect.PlaceValue
}

// first reports whether nodes of the role are analysed before others: what is said of them (content type, that they are
// SQL or a target) then also holds for their copies elsewhere.
func (r role) first() bool {
	switch r {
	case roleBody, roleBodyBase64, roleTarget, roleSQL, roleHeaders:
		return true
	}
	return false
}

// joinsName reports whether the name of the object around a member of the role says something of the member.
func (r role) joinsName() bool {
	switch r {
	case roleHeaders, roleQuery, roleSignature, roleTokens, roleTokenValue, roleTarget, roleSide, roleHTTP, rolePair:
		return false
	}
	return true
}
