package archive

import (
	"fmt"
	"strings"
	"time"
)

// Extension ends the name of every data file.
const Extension = ".parquet"

// fileTimeLayout is a time in a file name up to the second; six digits of
// microseconds and a Z follow. Fixed width, so names sort by time.
const (
	fileTimeLayout = "20060102T150405"
	fileTimeWidth  = len(fileTimeLayout) + 6 + 1
	fileHashWidth  = 32 // hexadecimal digits: 128 bits
)

// FileName returns the name of a data file: its smallest and largest ts and the
// hash of what it holds, such as
// 20251125T180630671247Z-20251125T180701000012Z-<32 hexadecimal digits>.parquet.
func FileName(minTS, maxTS time.Time, hash [16]byte) string {
	name := make([]byte, 0, 2*fileTimeWidth+2+fileHashWidth+len(Extension))
	name = append(appendFileTime(name, minTS), '-')
	name = append(appendFileTime(name, maxTS), '-')
	return fmt.Sprintf("%s%x%s", name, hash, Extension)
}

func appendFileTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	dst = t.AppendFormat(dst, fileTimeLayout)
	micros := t.Nanosecond() / 1000
	for unit := 100_000; unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+micros/unit%10))
	}
	return append(dst, 'Z')
}

// ParseFileName reads the times back from the last element of an object key. Both
// are exact to the microsecond and inclusive. A name of another form is an error:
// the object is not one of ours.
func ParseFileName(name string) (minTS, maxTS time.Time, err error) {
	base, ok := strings.CutSuffix(name[strings.LastIndexByte(name, '/')+1:], Extension)
	if !ok || len(base) != 2*fileTimeWidth+2+fileHashWidth || base[fileTimeWidth] != '-' || base[2*fileTimeWidth+1] != '-' {
		return minTS, maxTS, fmt.Errorf("file name %q is not <min>-<max>-<hash>%s", name, Extension)
	}
	if minTS, err = parseFileTime(base[:fileTimeWidth]); err == nil {
		maxTS, err = parseFileTime(base[fileTimeWidth+1 : 2*fileTimeWidth+1])
	}
	if err != nil {
		return time.Time{}, time.Time{}, fmt.Errorf("file name %q: %w", name, err)
	}
	return minTS, maxTS, nil
}

func parseFileTime(text string) (time.Time, error) {
	// The package time takes a fraction only behind a dot.
	seconds := len(fileTimeLayout)
	return time.Parse(fileTimeLayout+".000000Z", text[:seconds]+"."+text[seconds:])
}
