package content

import "bytes"

// unit reads one unit of an encoded text at i: a byte that stands for itself or an escape. It puts what the unit decodes to
// into buf, n bytes, and says where the unit ends. keep is false for a unit that would mean something else beside other
// neighbours (a lone percent sign); it is only kept where nothing changes at all.
type unit func(encoded []byte, i int, buf *[8]byte) (end, n int, keep bool)

// respell compares an encoded text with the text that has to stand there: head and tail are what can stay of the
// encoded one, middle is what has to be encoded between them. Where nothing changes head is all of it.
func respell(original, text []byte, next unit) (head, middle, tail []byte) {
	var buf [8]byte
	decoded, same, open := 0, true, true
	prefix, prefixText := 0, 0
	for i := 0; i < len(original); {
		end, n, keep := next(original, i, &buf)
		same = same && bytes.HasPrefix(text[min(decoded, len(text)):], buf[:n])
		if open = open && same && keep; open {
			prefix, prefixText = end, decoded+n
		}
		decoded += n
		i = end
	}
	if same && decoded == len(text) {
		return original, nil, nil
	}
	shift := len(text) - decoded
	suffix, suffixText := -1, 0
	decoded = prefixText
	for i := prefix; i < len(original); {
		end, n, keep := next(original, i, &buf)
		at := decoded + shift
		if !keep || at < prefixText || !bytes.HasPrefix(text[at:], buf[:n]) {
			suffix = -1
		} else if suffix < 0 {
			suffix, suffixText = i, at
		}
		decoded += n
		i = end
	}
	if suffix < 0 {
		return original[:prefix], text[prefixText:], nil
	}
	return original[:prefix], text[prefixText:suffixText], original[suffix:]
}
