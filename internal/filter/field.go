package filter

// Field names what a criterion looks at.
type Field uint8

// The fields of the language. The comment of one that is not simply the record's
// member of that name says where its value comes from.
const (
	FieldNone Field = iota
	FieldCluster
	FieldNamespace
	FieldService
	FieldCommand
	FieldLocation
	FieldStatus
	FieldDirection
	FieldL7Protocol
	FieldTech
	FieldNetworkAddress
	FieldURL      // http.req.url (the path) and http.req.uri (path and query): two values when they differ
	FieldHost     // http.req.host, else the host of network_address
	FieldUUID     // hyphenated, lower-case
	FieldSession  //
	FieldError    // derived: "true" or "false"
	FieldEndpoint // derived: the location with its variable parts named
	FieldPeer     // derived: who is at the other end
	FieldTrace    // derived: trace id, lower-case hex
	FieldHeader   // http.req.headers[sub]
	FieldTag      // tags[sub]
	FieldDuration // number, nanoseconds
	FieldSize     // number, bytes of the record's compact JSON
	FieldTime     // ts
	FieldRequestJSON
	FieldResponseJSON
	FieldRequestXML
	FieldRequestXPath
	FieldRequestSOAPXPath
	FieldRequestBodyJSON
	FieldText
	FieldSample

	fieldCount
)

// FieldRef is one field as a query reads it; Sub is the name between the
// brackets, lower-case for headers.
type FieldRef struct {
	Field Field
	Sub   string
}

// IsString says that a Source answers for the field through Strings.
func (f Field) IsString() bool { return f >= FieldCluster && f <= FieldTag }

// IsPlain says that the field has no sub and that a record without it counts as
// having the empty string.
func (f Field) IsPlain() bool { return f >= FieldCluster && f <= FieldTrace }

// NeedsRequestBody says that the field is read through Source.Body(false).
func (f Field) NeedsRequestBody() bool {
	switch f {
	case FieldRequestJSON, FieldRequestXML, FieldRequestXPath, FieldRequestSOAPXPath, FieldRequestBodyJSON, FieldText:
		return true
	default:
		return false
	}
}

// NeedsResponseBody says that the field is read through Source.Body(true).
func (f Field) NeedsResponseBody() bool { return f == FieldResponseJSON || f == FieldText }

// NeedsDocument says that the field is read through Source.Document.
func (f Field) NeedsDocument() bool { return f == FieldText }

// String is the field's key in the text form.
func (f Field) String() string {
	if f < fieldCount {
		return fieldKeys[f]
	}
	return "?"
}
