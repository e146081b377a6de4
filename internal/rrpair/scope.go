package rrpair

// scope is the kind of object a member stands in, as far as that matters:
// which names are known, which levels are indexed, and where the model writes
// 64-bit integers as strings.
type scope uint8

const (
	scopeTop scope = iota
	scopeHTTP
	scopeRequest
	scopeResponse
	indexedScopes // those before it are indexed by a Pair

	scopeNetinfo
	scopeStream // netinfo.downstream, netinfo.upstream
	scopeAMQP   // AmqpV091 and every object in it
	scopePlain
)

// field returns the known field that a name of this scope stands for.
func (s scope) field(key []byte) Field {
	switch s {
	case scopeTop:
		return topField(key)
	case scopeHTTP:
		return httpField(key)
	case scopeRequest:
		return requestField(key)
	case scopeResponse:
		return responseField(key)
	}
	return fieldUnknown
}

// child returns the scope of the object that is a member of this one. field is
// what field returned for the key.
func (s scope) child(field Field, key []byte) scope {
	switch field {
	case FieldHTTP:
		return scopeHTTP
	case FieldRequest:
		return scopeRequest
	case FieldResponse:
		return scopeResponse
	case FieldNetinfo:
		return scopeNetinfo
	case FieldAMQP:
		return scopeAMQP
	}
	switch {
	case s == scopeAMQP:
		return scopeAMQP
	case s == scopeNetinfo && (string(key) == "downstream" || string(key) == "upstream"):
		return scopeStream
	}
	return scopePlain
}

// writesIntegerAsString reports whether the model writes the integer of that
// name as a string, as proto3 JSON does with 64-bit integers.
func (s scope) writesIntegerAsString(key []byte) bool {
	switch s {
	case scopeTop:
		return string(key) == "streamSeqNum"
	case scopeNetinfo:
		return string(key) == "id"
	case scopeStream:
		return string(key) == "bytesSent"
	case scopeAMQP:
		return string(key) == "deliverTag"
	}
	return false
}

// element returns the scope of the objects in an array that is a member of this
// one's object.
func (s scope) element() scope {
	if s == scopeAMQP {
		return scopeAMQP
	}
	return scopePlain
}
