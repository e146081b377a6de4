package main

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

const (
	// inlineBody is the largest body that stands in the command itself: a line that can still be read and pasted.
	inlineBody = 8 << 10
	// bodyMark ends the body of the pipe; it has a character that base64 has not.
	bodyMark = "END_OF_BODY"
	// base64Line is how long the lines of base64 are.
	base64Line = 76
)

// command writes the request down. What curl would add by itself is switched off, so that the server gets what it got.
func (r *curlRequest) command() string {
	var out strings.Builder
	for _, note := range r.notes {
		out.WriteString("# " + note + "\n")
	}
	piped := r.hasBody && (len(r.body) > inlineBody || !isPlain(r.body))
	if piped {
		out.WriteString("base64 -d <<'" + bodyMark + "' | ")
	}
	// Addresses are taken as they are: without a meaning for brackets and without folding dots away.
	words := []string{"curl --globoff --path-as-is"}
	switch {
	case r.method == http.MethodHead:
		words[0] += " --head"
	case r.method == http.MethodGet && !r.hasBody, r.method == http.MethodPost && r.hasBody:
	default:
		words[0] += " --request " + quoted(r.method)
	}
	words[0] += " " + quoted(r.address)
	if r.target != "" {
		words = append(words, "--request-target "+quoted(r.target))
	}
	for _, header := range r.headers {
		words = append(words, "--header "+quoted(headerWord(header)))
	}
	silenced := []string{"Accept", "User-Agent"}
	if r.hasBody {
		silenced = append(silenced, "Content-Type")
		if len(r.body) > 0 {
			silenced = append(silenced, "Expect")
		}
	}
	for _, name := range silenced {
		if !slices.ContainsFunc(r.headers, func(header [2]string) bool { return strings.EqualFold(header[0], name) }) {
			words = append(words, "--header "+quoted(name+":"))
		}
	}
	if slices.ContainsFunc(r.headers, func(header [2]string) bool { return strings.EqualFold(header[0], "accept-encoding") }) {
		words = append(words, "--compressed") // the answer is shown decompressed
	}
	switch {
	case piped:
		words = append(words, "--data-binary @-")
	case r.hasBody:
		words = append(words, "--data-raw "+quoted(string(r.body)))
	}
	out.WriteString(strings.Join(words, " \\\n  ") + "\n")
	if piped {
		encoded := base64.StdEncoding.EncodeToString(r.body)
		for len(encoded) > 0 {
			end := min(base64Line, len(encoded))
			out.WriteString(encoded[:end] + "\n")
			encoded = encoded[end:]
		}
		out.WriteString(bodyMark + "\n")
	}
	return out.String()
}

// headerWord is a header as curl reads it: an empty one ends in a semicolon, else it would be taken away.
func headerWord(header [2]string) string {
	if strings.TrimSpace(header[1]) == "" {
		return header[0] + ";"
	}
	return header[0] + ": " + header[1]
}

// isPlain says that a body survives a shell's quotes, a terminal and being pasted.
func isPlain(body []byte) bool {
	return isText(body) && strings.IndexFunc(string(body), func(r rune) bool { return r != '\n' && !isHarmless(r) }) < 0
}

// quoted makes one word for a POSIX shell: nothing has a meaning between single quotes but the quote that ends them.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
