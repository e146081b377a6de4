package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is captured may hold what terminals obey: it is shown, never sent there.

// isHarmless says that a terminal shows the character and does nothing else. Line ends and tabs are not for it to judge.
func isHarmless(r rune) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return false
	case unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff':
		return false // they change the order of what is beside them, or begin lines
	}
	return unicode.IsGraphic(r) || unicode.Is(unicode.Co, r) || r == '\u200d' || r == '\u200c'
}

// harmless replaces what a terminal would obey by escapes. Line ends and tabs stay where lines says so.
func harmless(text string, lines bool) string {
	at := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError || !isHarmless(r) })
	if at < 0 {
		return text
	}
	var out strings.Builder
	out.WriteString(text[:at])
	for rest := text[at:]; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case lines && strings.HasPrefix(rest, "\r\n"):
			size = 2
			out.WriteByte('\n')
		case lines && (r == '\n' || r == '\t'):
			out.WriteRune(r)
		case r == utf8.RuneError && size == 1, r < 0x80 && !isHarmless(r):
			fmt.Fprintf(&out, `\x%02x`, rest[0])
		case !isHarmless(r):
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			out.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return out.String()
}

// safeJSON writes the few characters that JSON lets through and terminals obey as escapes, which changes no value.
func safeJSON(text []byte, terminal bool) []byte {
	if !terminal || bytes.IndexFunc(text, func(r rune) bool { return r >= 0x7f && !isHarmless(r) }) < 0 {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for _, r := range string(text) {
		switch {
		case r < 0x7f || isHarmless(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := surrogates(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// rowsOut is where a verb prints rows for machines: as they are, or on a terminal, where somebody has a look, without what it
// would obey.
func (a *app) rowsOut(out io.Writer, isJSON bool) io.Writer {
	if !a.stdoutIsTerminal {
		return out
	}
	return &screen{out: out, isJSON: isJSON}
}

// screen writes whole characters, so that it sees what they are. The last bytes of a broken one may stay away.
type screen struct {
	out     io.Writer
	isJSON  bool
	partial []byte
}

// Write implements io.Writer.
func (s *screen) Write(data []byte) (int, error) {
	text := append(s.partial, data...)
	end := len(text)
	for cut := 1; cut < utf8.UTFMax && cut <= len(text); cut++ {
		if utf8.RuneStart(text[len(text)-cut]) {
			if !utf8.FullRune(text[len(text)-cut:]) {
				end = len(text) - cut
			}
			break
		}
	}
	shown := text[:end]
	if s.isJSON {
		shown = safeJSON(shown, true)
	} else {
		shown = []byte(harmless(string(shown), true))
	}
	s.partial = append([]byte(nil), text[end:]...)
	if _, err := s.out.Write(shown); err != nil {
		return 0, err
	}
	return len(data), nil
}

// surrogates is how JSON escapes what is beyond the basic plane.
func surrogates(r rune) (high, low rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}

// The few styles that are used.
const (
	styleDim    = "2"
	styleBold   = "1"
	styleName   = "36"
	styleGood   = "1;32"
	styleWarn   = "1;33"
	styleBad    = "1;31"
	styleNormal = ""
)

// wantsColor says whether stdout shows colours: a terminal, unless NO_COLOR (https://no-color.org) or TERM say otherwise.
func (a *app) wantsColor() bool {
	if never, _ := a.lookupEnv("NO_COLOR"); never != "" || !a.stdoutIsTerminal {
		return false
	}
	terminal, _ := a.lookupEnv("TERM")
	return terminal != "dumb"
}

func styled(style, text string) string {
	if style == styleNormal || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}
