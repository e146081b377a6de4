package filter

import (
	"fmt"
	"strings"
	"testing"
)

const soap = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header><id>header</id></soap:Header>
<soap:Body><m:GetPrice xmlns:m="urn:m" kind="retail"><m:Item id="7"> Apple <b>red</b> </m:Item><m:Item id="8"><![CDATA[Pear & co]]></m:Item>
<m:Note/></m:GetPrice></soap:Body></soap:Envelope>`

func TestXMLCriteria(t *testing.T) {
	for criterion, want := range map[string]bool{
		`req_xpath[/Envelope/Header/id] IS header`:                       true,
		`req_xpath[Envelope/Header/id] IS header`:                        true,
		`req_xpath[/soap:Envelope/soap:Body/x:GetPrice/@kind] IS retail`: true,
		`req_xpath[/GetPrice] EXISTS`:                                    false,
		`req_xpath[//Item] IS "Apple red"`:                               true,
		`req_xpath[//Item] IS "Pear & co"`:                               true,
		`req_xpath[//Item] NOT "Pear & co"`:                              false,
		`req_xpath[//Item[2]/@id] IS 8`:                                  true,
		`req_xpath[//Item[2]/@id] IS 7`:                                  false,
		`req_xpath[//Item[@id='7']/b] IS red`:                            true,
		`req_xpath[//Item[@id='8'][1]] CONTAINS Pear`:                    true,
		`req_xpath[//Item[b='red']/@id] IS 7`:                            true,
		`req_xpath[//Item/text()] IS Apple`:                              true,
		`req_xpath[//GetPrice/*/@id] > 7`:                                true,
		`req_xpath[//*[@kind='retail']/Note] EXISTS`:                     true,
		`req_xpath[//Note/text()] EXISTS`:                                false,
		`req_xpath[/Envelope/@*] EXISTS`:                                 false,
		`req_xpath[//Envelope//Body//Item//b] REGEX ^r`:                  true,
		`req_soapxpath[/GetPrice/Item[1]/@id] IS 7`:                      true,
		`req_soapxpath[//id] EXISTS`:                                     false,
		`req_soapxpath[/Envelope] EXISTS`:                                false,
		`req_xml[Item] CONTAINS Pear`:                                    true,
		`req_xml[GetPrice.Item[1].@id] IS 8`:                             true,
		`req_xml[Body.Item] EXISTS`:                                      false,
	} {
		if got := mustParse(t, criterion).Match(&record{request: []byte(soap)}); got != want {
			t.Errorf("%s: %v", criterion, got)
		}
	}
}

func TestBodiesThatAreNotXML(t *testing.T) {
	q := mustParse(t, `req_xpath[//a] EXISTS OR req_soapxpath[//a] EXISTS`)
	for _, body := range []string{
		"", "plain", "{}", "<a>", "<a></b>", "</a>", "<a/><", "<!-- only -->", "<a>&undefined;</a>",
		`<?xml version="1.0" encoding="utf-7"?><a/>`,
		strings.Repeat("<a>", maxXMLDepth+1) + strings.Repeat("</a>", maxXMLDepth+1),
		"<r>" + strings.Repeat("<a/>", maxXMLNodes/2) + "</r>",
	} {
		if q.Match(&record{request: []byte(body)}) {
			t.Errorf("%.60q matches", body)
		}
	}
	if !mustParse(t, `req_xpath[/a] IS é`).Match(&record{request: []byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>")}) {
		t.Error("Latin-1 is not understood")
	}
}

// A path of many // over a deep body must not visit nodes again and again.
func TestXPathTakesBoundedTime(t *testing.T) {
	body := strings.Repeat("<a>", maxXMLDepth-1) + strings.Repeat("</a>", maxXMLDepth-1)
	path := strings.Repeat("//a", MaxPathSteps-1)
	if mustParse(t, `req_xpath[`+path+`/b] EXISTS`).Match(&record{request: []byte(body)}) {
		t.Error("there is no b")
	}
}

func TestEqualJSON(t *testing.T) {
	for _, c := range []struct {
		wanted, ignore, body string
		equal                bool
	}{
		{`{"a": 1, "b": [true, null, "x"]}`, ``, ` {"b":[true,null,"x"] , "a":1.0e0}  `, true},
		{`{"a": 1}`, ``, `{"a":1,"b":2}`, false},
		{`{"a": 1}`, `"b"`, `{"a":1,"b":2}`, true},
		{`{"a": 1, "b": 2}`, `"b"`, `{"a":1}`, true},
		{`{"a": {"t": 1, "x": [{"t": 2}]}}`, `"t"`, `{"a":{"x":[{"t":9}]},"t":0}`, true},
		{`{"a": 1}`, ``, `{"a":"1"}`, false},
		{`{"a": 9007199254740993}`, ``, `{"a":9007199254740992}`, false},
		{`{"a\u0062": "\u00e9"}`, ``, `{"ab":"é"}`, true},
		{`[1, 2]`, ``, `[1,2,3]`, false},
		{`[1, 2, 3]`, ``, `[1,2]`, false},
		{`[]`, ``, `[]`, true},
		{`{}`, ``, `{}`, true},
		{`{}`, ``, `[]`, false},
		{`"{\"a\": 1}"`, ``, `{"a":1}`, true},
		{`"text"`, ``, `"text"`, true},
		{`{"a": 1}`, ``, `{"a":1`, false},
		{`{"a": 1}`, ``, `{"a":1} x`, false},
		{`{"a": 1}`, ``, `{"a":1 x}`, false},
		{`{"a": 1}`, ``, `{"a":1,}`, false},
		{`{"a": 1}`, ``, `{"a":1,"a":2}`, false},
		{`{"a": 1}`, ``, ``, false},
		{`null`, ``, `nil`, false},
	} {
		value := fmt.Sprintf(`{"body": %s, "ignore_keys": [%s]}`, c.wanted, c.ignore)
		q, err := Parse((&Query{expr: &Criterion{Field: FieldRequestBodyJSON, Values: []string{value}}}).String(), Options{})
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		if got := q.Match(&record{request: []byte(c.body)}); got != c.equal {
			t.Errorf("%s\n%s\nequal: %v", value, c.body, got)
		}
	}
}

func TestEqualJSONWithManyMembers(t *testing.T) {
	var members []string
	for i := range 100 {
		members = append(members, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	body := "{" + strings.Join(members, ",") + "}"
	q := mustParse(t, (&Query{expr: &Criterion{Field: FieldRequestBodyJSON, Values: []string{`{"body":` + body + `}`}}}).String())
	if !q.Match(&record{request: []byte(body)}) || q.Match(&record{request: []byte(strings.Replace(body, ":50", ":51", 1))}) {
		t.Error("a hundred members are not compared")
	}
}

func TestJSONPath(t *testing.T) {
	const body = `{"user":{"id":7,"na.me":"x","e":"","nul":null,"esc\"d":"a\u00e9\ud83d\ude00\n"},"items":[{"sku":"A"},{"sku":"B","l":[1,[2,3]]}],"0":"zero","t":true}`
	for criterion, want := range map[string]bool{
		`req_json[user.id] IS 7`:                     true,
		`req_json[$.user.id] IS 7`:                   true,
		`req_json[user["id"]] IS 7`:                  false,
		`req_json[user.na\.me] IS x`:                 true,
		`req_json[user.e] EXISTS`:                    true,
		`req_json[user.nul] IS null`:                 true,
		`req_json[user.none] EXISTS`:                 false,
		`req_json[user.none] NOT 1`:                  true,
		`req_json[user.esc"d] CONTAINS é😀`:           true,
		`req_json[items[1].sku] IS B`:                true,
		`req_json[items.1.sku] IS B`:                 true,
		`req_json[items[2]] EXISTS`:                  false,
		`req_json[items[*].sku] IS B`:                true,
		`req_json[items[*].sku] NOT B`:               false,
		`req_json[items[1].l[1][0]] IS 2`:            true,
		`req_json[items[*].l[*][*]] IS 3`:            true,
		`req_json[items[1].l] IS "[1,[2,3]]"`:        true,
		`req_json[0] IS zero`:                        true,
		`req_json[t] IS true`:                        true,
		`req_json[user] CONTAINS "\"id\":7"`:         true,
		`req_json[user.id.deeper] EXISTS`:            false,
		`req_json[user.id] >= 7 AND req_json[t] > 0`: false,
	} {
		q, err := Parse(criterion, Options{})
		if err != nil {
			if want {
				t.Error(err)
			}
			continue
		}
		if got := q.Match(&record{request: []byte(body)}); got != want {
			t.Errorf("%s: %v", criterion, got)
		}
	}
	large := `{"id":9007199254740993}`
	if mustParse(t, `req_json[id] > 9007199254740992`).Match(&record{request: []byte(large)}) == false {
		t.Error("large integers are compared as floats")
	}
}

// What is in the first half of a body that was cut off is found.
func TestTruncatedJSON(t *testing.T) {
	q := mustParse(t, `req_json[a] IS 1`)
	for body, want := range map[string]bool{`{"a":1,"b":"cut o`: true, `{"b":"cut o`: false, `{"a":1`: true, `{"a":`: false, `{"a"`: false, `{`: false, `{"a":"1`: false} {
		if got := q.Match(&record{request: []byte(body)}); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}

func TestText(t *testing.T) {
	r := &record{
		document: []byte(`{"key One":"va\u006cue","n":12.5,"b":true,"http":{"req":{"bodyBase64":"c2VjcmV0","x":"y"}},"last":"ÉTÉ"}`),
		request:  []byte("The Request"), response: []byte("\xff\xfebinary\x00end"),
	}
	for value, want := range map[string]bool{
		"key one": true, "VALUE": true, "12.5": true, "TRUE": true, "c2VjcmV0": false, "bodybase64": true, "y": true,
		"request": true, "e r": true, "BINARY": true, "end": true, `":"`: false, "onevalue": false, "été": true, "absent": false,
	} {
		q := mustParse(t, (&Query{expr: &Criterion{Field: FieldText, Op: OpContains, Values: []string{value}}}).String())
		if got := q.Match(r); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if !mustParse(t, `text REGEX "^The Req"`).Match(r) || mustParse(t, `text REGEX "^Req"`).Match(r) {
		t.Error("a regular expression does not see each text on its own")
	}
	r.hidden = map[Field]bool{FieldResponseJSON: true}
	if mustParse(t, `text CONTAINS absent`).Eval(r) != Unknown || mustParse(t, `text CONTAINS request`).Eval(r) != True {
		t.Error("an unknown body is not taken into account")
	}
}
