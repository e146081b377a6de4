package archive

// handMade returns RRPairs written for these tests: one of each protocol, and
// records that try to break the rule that nothing is lost.
func handMade() [][]byte {
	lines := []string{
		`{"msgType":"rrpair","resource":"shop","ts":"2026-03-01T10:00:00.123456789Z","l7protocol":"http","duration":12,"tags":{"k8sAppLabel":"cart","source":"goproxy"},"uuid":"AAECAwQFBgcICQoLDA0ODw==","direction":"IN","cluster":"c1","namespace":"shop","service":"cart","tech":"JSON","network_address":"cart:8080","command":"POST","location":"/cart","status":"200","http":{"req":{"url":"/cart","uri":"/cart?x=1","version":"1.1","method":"POST","host":"cart","headers":{"Content-Type":["application/json"],"Traceparent":["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]},"queryParams":{"x":["1"]},"bodyBase64":"eyJhIjoxfQ==","body":"{\"a\":1}"},"res":{"contentType":"application/json","statusCode":200,"statusMessage":"200 OK","headers":{"Content-Length":["7"]},"bodyBase64":"eyJiIjoyfQ==","body":"{\"b\":2}"}},"tokenList":{"t":{"id":"t"}},"session":"s-1","signature":{"http:host":"Y2FydA=="},"netinfo":{"id":"7","downstream":{"bytesSent":"140"}},"mutableSignature":{"http:host":"cart"}}`,
		`{"msgType":"rrpair","ts":"2026-03-01T10:59:59.999Z","l7protocol":"postgres","uuid":"EBESExQVFhcYGRobHB0eHw==","direction":"OUT","cluster":"c1","namespace":"shop","service":"orders","command":"Query","location":"SELECT $1","status":"OK","dlpModified":true,"dlpRule":"r","postgres":{"request":{"query":{"query":"SELECT 'ü'"}},"response":{"query":{"rows":[{"isNull":true}]}}}}`,
		`{"msgType":"rrpair","ts":"2026-03-01T11:00:00Z","l7protocol":"amqp091","uuid":"ICEiIyQlJicoKSorLC0uLw==","direction":"OUT","cluster":"","namespace":"","service":"","command":"Basic.Ack","location":"N/A","status":"","partOfStreamUUID":"Ym48mEDrSIyQb1gaBONDKA==","streamSeqNum":"11","AmqpV091":{"client":{"basic":{"ack":{"deliverTag":"10"}}}},"newField":{"a":[1,2.50,-0,1e3,null,true,"\u0000"]},"another":"x"}`,
	}
	for i, tail := range nastyTails() {
		const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		uuid := `"uuid":"MDEyMzQ1Njc4OTAx` + string([]byte{digits[i/62], digits[i%62]}) + `M0NQ==",`
		if len(tail) > 6 && tail[:6] == `"uuid"` {
			uuid = ""
		}
		lines = append(lines, `{"msgType":"rrpair",`+uuid+tail+`}`)
	}
	out := make([][]byte, len(lines))
	for i := range lines {
		out[i] = []byte(lines[i])
	}
	return out
}

// nastyTails are members of records that an honest forwarder does not send.
func nastyTails() []string {
	const ts = `"ts":"2026-03-01T12:00:00Z",`
	return []string{
		`"ts":0`, `"ts":""`, `"ts":"never"`, `"ts":{}`, `"ts":[]`, `"ts":false`, `"ts":"0001-01-01T00:00:00Z"`,
		`"ts":"1999-12-31T23:59:59Z"`, `"ts":"9999-12-31T23:59:59.999999999Z"`, `"ts":"2026-03-01T12:00:00.1Z"`,
		`"ts":"2026-03-01T12:00:00.100Z"`, `"ts":"2026-03-01T12:00:00.000Z"`, `"ts":"2026-03-01T12:00:00+00:00"`,
		`"ts":"2026-03-01T14:00:00+02:00"`, `"ts":"2026-03-01t12:00:00z"`, `"ts":"2026-03-01T12:00:00.000000001Z"`,
		`"ts":"2026-03-01T12:00:00.1234567Z"`, `"ts":"2026-03-01T12:00:60Z"`, `"ts":1772366400`, `"ts":"1772366400"`,
		`"uuid":"30313233-3435-3637-3839-616263646566",` + ts + `"a":1`, `"uuid":"30313233343536373839616263646566",` + ts + `"a":2`,
		`"uuid":5,` + ts + `"a":3`, `"uuid":false,` + ts + `"a":4`, `"uuid":"",` + ts + `"a":5`, `"uuid":"short",` + ts + `"a":6`,
		`"uuid":"MDEyMzQ1Njc4OTAxMjM0NQ",` + ts + `"a":7`, `"uuid":"MDEyMzQ1Njc4OTAxMjM0NR==",` + ts + `"a":8`,
		ts + `"duration":1.0`, ts + `"duration":"12"`, ts + `"duration":-5`, ts + `"duration":0`, ts + `"duration":-0`,
		ts + `"duration":2147483648`, ts + `"duration":-2147483648`, ts + `"duration":1e3`, ts + `"duration":1.5`, ts + `"duration":{}`,
		ts + `"service":5,"cluster":true,"namespace":[],"direction":{},"tech":1.5,"command":[1],"location":{"a":1},"status":200,"session":[],"network_address":0,"l7protocol":1`,
		ts + `"service":"a\u0000b\"\\\/\u00e4\ud83d\ude00\u2028","location":"line\nbreak\ttab"`,
		ts + `"tags":"x","tokenList":[],"signature":5,"netinfo":"n"`, ts + `"tags":{},"tokenList":{},"signature":{},"netinfo":{}`,
		ts + `"http":"x"`, ts + `"http":[]`, ts + `"http":{}`, ts + `"http":{"req":5,"res":"x"}`, ts + `"http":{"req":{},"res":{}}`,
		ts + `"http":{"req":{"headers":{}},"res":{"headers":[]}}`, ts + `"http":{"res":{"headers":{}},"req":{"headers":"x"},"x":{"headers":{}}}`,
		ts + `"http":{"req":{"body":true}}`, ts + `"http":{"req":{"body":true,"bodyBase64":"YQ=="}}`, ts + `"http":{"req":{"bodyBase64":false}}`,
		ts + `"http":{"req":{"bodyBase64":false,"body":true}}`, ts + `"http":{"req":{"bodyBase64":false,"body":"a"}}`, ts + `"http":{"req":{"body":false,"bodyBase64":"YQ=="}}`,
		ts + `"http":{"req":{"body":"a"},"res":{"body":""}}`, ts + `"http":{"req":{"bodyBase64":""},"res":{"bodyBase64":"","body":""}}`,
		ts + `"http":{"req":{"bodyBase64":"YQ==","body":"b"},"res":{"bodyBase64":"YQ==","body":"a"}}`,
		ts + `"http":{"req":{"bodyBase64":"YQ","body":"a"},"res":{"bodyBase64":"YR==","body":"a"}}`,
		ts + `"http":{"req":{"bodyBase64":"_-8=","body":"a"},"res":{"bodyBase64":"Y Q==","body":"a"}}`,
		ts + `"http":{"req":{"bodyBase64":"/w==","body":"\ufffd"},"res":{"bodyBase64":"77+9","body":"\ufffd"}}`,
		ts + `"http":{"req":{"bodyBase64":5,"body":6},"res":{"bodyBase64":5,"body":"x"}}`, ts + `"http":{"req":{"bodyBase64":"YQ==","body":{"a":1}}}`,
		ts + `"http":{"res":{"url":"/x","queryParams":{},"bodyBase64":"YQ==","extra":1,"headers":{"A":["b"]},"statusCode":"200"}}`,
		ts + `"http":{"req":{"zz":1,"statusCode":2,"headers":{"A":[]},"url":"/"},"yy":[{}],"res":{"aa":[]}}`,
		ts + `"":"empty key","\"":"quote","traceId":"0AF7651916CD43DD8448EB211C80319C","rest":{"rest":1},"req_headers":{},"ts_nanos":5`,
		ts + `"netinfo":{"big":12345678901234567890,"small":1e-400,"f":0.1}`,
	}
}
