package filter

// fieldKeys is each field's key in the text form, as Query.String writes it.
var fieldKeys = [fieldCount]string{
	FieldNone: "?", FieldCluster: "cluster", FieldNamespace: "namespace", FieldService: "service",
	FieldCommand: "command", FieldLocation: "location", FieldStatus: "status", FieldDirection: "direction",
	FieldL7Protocol: "l7protocol", FieldTech: "tech", FieldNetworkAddress: "networkaddr", FieldURL: "url",
	FieldHost: "host", FieldUUID: "uuid", FieldSession: "session", FieldError: "error",
	FieldEndpoint: "endpoint", FieldPeer: "peer", FieldTrace: "trace", FieldHeader: "header",
	FieldTag: "tag", FieldDuration: "duration", FieldSize: "size", FieldTime: "timerange",
	FieldRequestJSON: "req_json", FieldResponseJSON: "resp_json", FieldRequestXML: "req_xml",
	FieldRequestXPath: "req_xpath", FieldRequestSOAPXPath: "req_soapxpath",
	FieldRequestBodyJSON: "reqbodyjson", FieldText: "text", FieldSample: "sample",
}
