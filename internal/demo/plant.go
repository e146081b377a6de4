package demo

import "encoding/base64"

// place is where in an exchange a planted value lies; bodies are copied to several members of a pair.
type place uint8

const (
	placeAbsolute place = iota // path is the whole path
	placeRequest               // path leads into the request body
	placeResponse              // path leads into the response body
)

type plant struct {
	kind  string
	value string
	path  string
	place place
}

// plant notes that value, a thing of kind, stands at path. It does nothing unless somebody wants to know.
func (g *Generator) plant(kind string, value []byte, where place, path string) {
	if g.options.Planted != nil {
		g.plants = append(g.plants, plant{kind: kind, value: string(value), path: path, place: where})
	}
}

// copies says where a body of the exchange stands besides bodyBase64.
type copies struct {
	body             bool // http.req.body and http.res.body
	signature        bool // signature["http:requestBodyJSON"], base64
	mutableSignature bool
}

// reportPlants hands over what was planted in the pair just written, every copy with its own path.
func (g *Generator) reportPlants(id [16]byte, c copies) {
	if g.options.Planted == nil {
		return
	}
	uuid := base64.StdEncoding.EncodeToString(id[:])
	for _, p := range g.plants {
		report := func(prefix string) {
			g.options.Planted(Planted{UUID: uuid, Type: p.kind, Value: p.value, Path: prefix + p.path})
		}
		switch p.place {
		case placeAbsolute:
			report("")
		case placeRequest:
			report("http.req.bodyBase64.")
			if c.body {
				report("http.req.body.")
			}
			if c.signature {
				report("signature.http:requestBodyJSON.")
			}
			if c.mutableSignature {
				report("mutableSignature.http:requestBodyJSON.")
			}
		case placeResponse:
			report("http.res.bodyBase64.")
			if c.body {
				report("http.res.body.")
			}
		}
	}
	g.plants = g.plants[:0]
}
