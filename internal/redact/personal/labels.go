package personal

import "bytes"

func (s *scan) street(start, end int) int  { return 0 }
func (s *scan) crypto(start, end int) bool { return false }
func (s *scan) labelled(start, end int)    {}
func (s *scan) imei(g *group) bool         { return false }
func (s *scan) vin(g *group) bool          { return false }
func (s *scan) prose()                     {}
func birthDate(v []byte) bool {
	return bytes.IndexByte(v, '-') > 0 || bytes.IndexByte(v, '/') > 0 || bytes.IndexByte(v, '.') > 0
}

var builtinPatterns = []pattern{}
