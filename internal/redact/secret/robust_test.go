package secret

import (
	"hash/crc32"
	"math/rand"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// TestJSONWebTokensEndWhereTheyEnd checks the last byte in the places that tokens stand at.
func TestJSONWebTokensEndWhereTheyEnd(t *testing.T) {
	const (
		signed    = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI4MTUifQ.V9m3kQx7Zr2LpW4nTcJ6sD1gYbFa8eUo3RtIvHx5Qm0"
		unsigned  = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI4MTUifQ."
		encrypted = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9k.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ"
		direct    = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..Vx7Qm2ZrT9LpW4kNcJ6s.D1gYbFa8eUo3RtIvHx7Qm2ZrT9.LpW4kNcJ6sD1gYbFa8eUo3"
	)
	f := New(only("jwt"))
	for _, c := range []struct{ before, token, after string }{
		{"", signed, ""}, {"Bearer ", signed, "\r\n"}, {"/callback/", signed, "/next/page"}, {"a=", signed, "&b=c"}, {"see ", signed, ". Next"}, {"see ", signed, ", or"},
		{"\"", signed, "\","}, {"host ", signed, ".example.test"}, {"x:", signed, ";"}, {"", encrypted, " "}, {"t=", encrypted, "&x"}, {"", direct, ""}, {"", unsigned, " "}, {"\\n", signed, "\\n"},
		{"session=", signed, "%3B"}, {"", signed, "=="},
	} {
		text := []byte(c.before + c.token + c.after)
		found := f.Find(nil, text, detect.NewShape(text), detect.Hints{})
		want := c.token
		if c.after == "==" {
			want += c.after // padding belongs to it
		}
		if len(found) != 1 || string(text[found[0].Start:found[0].End]) != want {
			t.Errorf("%q: found %v", text, found)
		}
	}
}

// TestChecksumsProveTokens closes a dull body with its checksum: then it counts, and with another one it does not.
func TestChecksumsProveTokens(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body := "exampleexampleexampleexampleab"
	sum, check := crc32.ChecksumIEEE([]byte(body)), make([]byte, 6)
	for i := 5; i >= 0; i-- {
		check[i] = digits[sum%62]
		sum /= 62
	}
	for _, prefix := range []string{"ghp_", "npm_"} {
		f := New(all)
		good, bad := []byte(prefix+body+string(check)), []byte(prefix+body+"aaaaaa")
		if found := f.Find(nil, good, detect.NewShape(good), detect.Hints{}); len(found) != 1 || found[0].End != len(good) {
			t.Errorf("%s: found %v, want the whole", good, found)
		}
		if found := f.Find(nil, bad, detect.NewShape(bad), detect.Hints{}); len(found) != 0 {
			t.Errorf("%s: found %v, want nothing", bad, found)
		}
	}
}

// TestBrokenTextsAreSafe runs the finder over cut, mixed and damaged texts: it may find what it will, within the text.
func TestBrokenTextsAreSafe(t *testing.T) {
	f := New(all)
	random := rand.New(rand.NewSource(7))
	var texts [][]byte
	for _, rule := range Rules() {
		for _, e := range append(rule.Matches, rule.Misses...) {
			texts = append(texts, []byte(e.Text))
		}
	}
	classes := []detect.NameClass{0, detect.NamePassword, detect.NameSecret, detect.NameToken, detect.NameSession, detect.NameAuth, detect.NameCookie}
	check := func(text []byte) {
		for _, class := range classes {
			for place := detect.PlaceText; place <= detect.PlaceBinary; place++ {
				if place > detect.PlaceValue && class == 0 {
					break
				}
				for _, one := range f.Find(nil, text, detect.NewShape(text), detect.Hints{Class: class, Place: place}) {
					if one.Start < 0 || one.Start >= one.End || one.End > len(text) || one.Rule == nil {
						t.Fatalf("%q: finding %v", text, one)
					}
				}
			}
		}
	}
	const signs = "\x00 \t\n\r\"'`<>=:;,&?/\\|-_.+*$#@!%{}[]()~aZ09\xff\xe2\x80"
	for _, text := range texts {
		for cut := 0; cut < len(text); cut += 1 + random.Intn(25) {
			check(text[:cut])
			check(text[cut:])
		}
		for range 8 {
			damaged := append([]byte(nil), text...)
			for range 1 + random.Intn(6) {
				damaged[random.Intn(len(damaged))] = signs[random.Intn(len(signs))]
			}
			check(append(damaged, texts[random.Intn(len(texts))]...))
		}
	}
}

// FuzzFind looks for texts that make the finder fail.
func FuzzFind(f *testing.F) {
	for _, rule := range Rules() {
		f.Add([]byte(rule.Matches[0].Text), uint64(0), byte(0))
	}
	finder := New(all)
	f.Fuzz(func(t *testing.T, text []byte, class uint64, place byte) {
		hints := detect.Hints{Class: detect.NameClass(class), Place: detect.Place(place % 10)}
		for _, one := range finder.Find(nil, text, detect.NewShape(text), hints) {
			if one.Start < 0 || one.Start >= one.End || one.End > len(text) {
				t.Fatalf("finding %v of %d bytes", one, len(text))
			}
		}
	})
}
