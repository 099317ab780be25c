package registry

// Succession says that an area was made, in whole or in part, from one of an earlier boundary set. Several areas of one
// predecessor are a split, several predecessors of one area a merger, one of each a new code or name. An area that keeps its
// code may name itself, and need not.
type Succession struct {
	Code        AreaCode // of the edition that says it
	Predecessor AreaCode // of an earlier boundary set, at the same level
	Decree      string   // by which; "" when unknown
	Date        Date     // from when on; "" when unknown
}

// Check tells what is wrong with the codes or the date.
func (s *Succession) Check() error {
	for _, f := range []struct {
		field string
		code  AreaCode
	}{{"code", s.Code}, {"predecessor", s.Predecessor}} {
		if _, err := ParseAreaCode(string(f.code)); err != nil {
			return At(f.field, err)
		}
		if f.code.Level() < LevelKecamatan {
			return Invalid(f.field, "%s is neither a kelurahan nor a kecamatan", f.code)
		}
	}
	if s.Code.Level() != s.Predecessor.Level() {
		return Invalid("predecessor", "%s is a %s and %s a %s: areas come from areas of their level", s.Predecessor, s.Predecessor.Level(), s.Code, s.Code.Level())
	}
	if s.Date == "" {
		return nil
	}
	_, err := ParseDate(string(s.Date))
	return err
}
