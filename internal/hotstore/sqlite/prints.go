package sqlite

import "encoding/binary"

// pathPrints is the index of the prints of paths, beside those of URLs in pages.
const pathPrints = 1 << 15

func prints(values []string, version byte) []byte {
	data := make([]byte, 0, 2*len(values))
	for _, value := range values {
		data = binary.LittleEndian.AppendUint16(data, printOf(value, version))
	}
	return data
}

// noPrint is the print of no value, and of nothing else.
const noPrint = 0

func printOf(value string, version byte) uint16 {
	hash := uint16(hashText(value) >> 48)
	switch {
	case version <= printedVersion:
		return hash
	case value == "":
		return noPrint
	default:
		return max(hash, noPrint+1)
	}
}

func (s *segment) printsOf(index int) ([]byte, error) {
	data, have := s.prints[index]
	if !have {
		var err error
		if data, err = s.view.kept(partID(s.id, partPrints, index)); err != nil {
			return nil, err
		}
		if len(data) != 2*s.count {
			return nil, damaged("prints of segment %d", s.id)
		}
		if s.prints == nil {
			s.prints = map[int][]byte{}
		}
		s.prints[index] = data
	}
	return data, nil
}

// absent finds the candidates that have no value in a column of prints; isKnown is false in a segment whose prints do not
// tell.
func (s *segment) absent(index int, candidates *rows) (found rows, isKnown bool, err error) {
	if s.version <= printedVersion {
		return found, false, nil
	}
	data, err := s.printsOf(index)
	if err != nil {
		return found, false, err
	}
	candidates.each(func(row int) bool {
		if binary.LittleEndian.Uint16(data[2*row:]) == noPrint {
			found.set(row)
		}
		return true
	})
	return found, true, nil
}

// printed finds the candidates that may have one of the values in a column of prints.
func (s *segment) printed(index int, candidates *rows, values []string) (found rows, err error) {
	data, err := s.printsOf(index)
	if err != nil {
		return found, err
	}
	var few [fewLiterals]uint16
	wanted := few[:0]
	for _, value := range values {
		wanted = append(wanted, printOf(value, s.version))
	}
	candidates.each(func(row int) bool {
		has := binary.LittleEndian.Uint16(data[2*row:])
		for _, want := range wanted {
			if has == want {
				found.set(row)
				break
			}
		}
		return true
	})
	return found, nil
}
