package ingest

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// Mapping says how an office's file is to be read: which of its columns is which attribute, and what its values are in
// the vocabulary of the registry. A nil Mapping says nothing: columns have the attributes' own names.
type Mapping struct {
	sheet   string                       // to read of a workbook or GeoPackage; "" for the only one
	persons bool                         // a row is a person, to be folded into families
	absent  bool                         // columns that the file lacks are ignored
	columns map[string]string            // source column, small letters → attribute
	alike   map[string]string            // words of a source column → source column as in columns; "" for several
	values  map[string]map[string]string // attribute → source value by valueKey → value
	lines   map[string]int               // source column → line of the mapping, for messages and precedence
	text    []byte
}

// maxMappingBytes is more than any mapping needs.
const maxMappingBytes = 1 << 20

// ReadMapping reads a mapping in YAML, or gives the ready one of that name (see ReadyMappings):
//
//	sheet: Data                # of a workbook or GeoPackage that has several
//	rows: persons              # families (as without it) or persons, who are folded into families
//	absent_columns: ignored    # else a column that the file lacks is an error
//	columns: {desil_nasional: decile, jenis_lantai_terluas: floor}
//	values: {floor: {"Keramik": ceramic, "Tanah": earth}}
//
// Columns and values match whatever the case of their letters, values also without regard to signs and leading zeros. It
// refuses, naming the line, unknown keys and attributes, values outside the vocabulary, and every attempt to make an
// attribute of a column that holds personal data. Two things are taken from such a column, and are gone when the row was
// read: RT and RW from an address, the age from a birth date.
func ReadMapping(path string) (*Mapping, error) {
	if text, err := readyMappings.ReadFile("mappings/" + path + ".yaml"); err == nil {
		return ParseMapping(text)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, registry.Invalid("mapping", "there is no file %q; the ready mappings are %s", path, strings.Join(ReadyMappings(), ", "))
	}
	if err != nil {
		return nil, registry.Invalid("mapping", "can't be opened: %w", err)
	}
	return ParseMapping(text)
}

// ParseMapping reads a mapping as ReadMapping does.
func ParseMapping(text []byte) (*Mapping, error) {
	if len(text) > maxMappingBytes {
		return nil, registry.Invalid("mapping", "is larger than a mebibyte")
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, registry.Invalid("mapping", "is not YAML: %w", err)
	}
	m := &Mapping{columns: map[string]string{}, values: map[string]map[string]string{}, lines: map[string]int{}, alike: map[string]string{}, text: text}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, registry.Invalid("mapping", "must be one YAML document with columns and values")
	}
	err = eachEntry(file.Docs[0].Body, "the mapping", func(key string, line int, value ast.Node) error {
		switch key {
		case "sheet", "rows", "absent_columns":
			return m.setOption(key, line, value)
		case "columns":
			return eachText(value, key, m.addColumn)
		case "values":
			return eachEntry(value, key, func(attribute string, line int, value ast.Node) error {
				if !isAttribute(attribute) {
					return registry.Invalid("mapping", "line %d: there is no attribute %q", line, attribute)
				}
				return eachText(value, attribute, func(from string, line int, to string) error {
					return m.addValue(attribute, from, line, to)
				})
			})
		}
		return registry.Invalid("mapping", "line %d: unknown key %q; a mapping has sheet, rows, absent_columns, columns and values", line, key)
	})
	if err != nil {
		return nil, err
	}
	for column, attribute := range m.columns {
		if strings.HasPrefix(attribute, personPrefix) && !m.persons {
			return nil, registry.Invalid("mapping", "line %d: %s is told of persons; write \"rows: persons\" where a row is a person", m.lines[column], attribute)
		}
	}
	return m, nil
}

//go:embed mappings/*.yaml
var readyMappings embed.FS

// ReadyMappings lists the names of the mappings that come with the program.
func ReadyMappings() []string {
	entries, err := readyMappings.ReadDir("mappings")
	if err != nil {
		panic(err) // it is part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

func (m *Mapping) setOption(key string, line int, value ast.Node) error {
	text, ok := scalarText(value)
	switch {
	case !ok:
		return registry.Invalid("mapping", "line %d: %s must be plain text", line, key)
	case key == "sheet":
		m.sheet = text
		return nil
	case key == "rows" && (text == "families" || text == "persons"):
		m.persons = text == "persons"
		return nil
	case key == "absent_columns" && (text == "ignored" || text == "refused"):
		m.absent = text == "ignored"
		return nil
	case key == "rows":
		return registry.Invalid("mapping", "line %d: rows is families or persons", line)
	}
	return registry.Invalid("mapping", "line %d: absent_columns is ignored or refused", line)
}

func (m *Mapping) addColumn(column string, line int, attribute string) error {
	key := strings.ToLower(tabular.ColumnName(column))
	switch {
	case !isAttribute(attribute):
		return registry.Invalid("mapping", "line %d: there is no attribute %q", line, attribute)
	case isPersonal(column) && attribute != "rt_rw" && attribute != personPrefix+"birth_date" && !(attribute == attributeNIK && keyAttribute(column) == attributeNIK):
		return registry.Invalid("mapping", "line %d: column %q holds personal data, which is not stored", line, column)
	case isCardNumber(column) && attribute != attributeCard:
		return registry.Invalid("mapping", "line %d: column %q holds family-card numbers; it can only be kk", line, column)
	case m.columns[key] != "":
		return registry.Invalid("mapping", "line %d: column %q is given twice", line, column)
	}
	m.columns[key], m.lines[key] = attribute, line
	words := columnKey(column)
	if _, twice := m.alike[words]; twice {
		key = ""
	}
	m.alike[words] = key
	return nil
}

func (m *Mapping) addValue(attribute, from string, line int, to string) error {
	if isKeyAttribute(attribute) {
		return registry.Invalid("mapping", "line %d: values of %s can't be translated", line, attribute)
	}
	if !isUnknown(to) {
		if reason := checkValue(attribute, to); reason != "" {
			return registry.Invalid("mapping", "line %d: %s: %q %s", line, attribute, to, reason)
		}
	}
	key := valueKey(from)
	if m.values[attribute] == nil {
		m.values[attribute] = map[string]string{}
	}
	if _, twice := m.values[attribute][key]; twice {
		return registry.Invalid("mapping", "line %d: value %q of %s is given twice", line, from, attribute)
	}
	m.values[attribute][key] = to
	return nil
}

// isAttribute tells whether any kind of file has the attribute.
func isAttribute(name string) bool {
	return slices.Contains(householdColumnNames(), name) || slices.Contains(enrolmentColumns, name) || slices.Contains(personColumnNames(), name)
}

// attribute is what a column of the file gives.
func (m *Mapping) attribute(column string) string {
	if source := m.source(column); source != "" {
		return m.columns[source]
	}
	return strings.ToLower(column)
}

// has tells whether the mapping says what a column gives.
func (m *Mapping) has(column string) bool { return m.source(column) != "" }

// source is how the mapping names a column of the file: as it is, or with other signs between the same words; "" when it
// does not.
func (m *Mapping) source(column string) string {
	lower := strings.ToLower(column)
	switch {
	case m == nil:
		return ""
	case m.columns[lower] != "":
		return lower
	}
	return m.alike[columnKey(column)]
}

// columnKey is a column's name as the words it is made of.
func columnKey(column string) string { return strings.Join(columnWords(column), "_") }

func (m *Mapping) valuesOf(attribute string) *translation {
	if m == nil || m.values[attribute] == nil {
		return nil
	}
	return newTranslation(attribute, m.values[attribute])
}

func (m *Mapping) sheetName() string {
	if m == nil {
		return ""
	}
	return m.sheet
}

// WithSheet is the mapping for a sheet of a workbook or a layer of a GeoPackage, whatever it said of that before; "" changes
// nothing. The mapping may be nil.
func (m *Mapping) WithSheet(sheet string) *Mapping {
	if sheet == "" {
		return m
	}
	with := Mapping{}
	if m != nil {
		with = *m
	}
	with.sheet = sheet
	with.text = append(slices.Clone(with.text), "\n# sheet: "+sheet...)
	return &with
}

// tolerant tells whether columns may be absent, and others that give the same attribute be there instead.
func (m *Mapping) tolerant() bool { return m != nil && m.absent }

// order gives the positions of the columns in the order in which they may give an attribute: where the mapping names
// several columns for one, the first that the file has counts.
func (m *Mapping) order(names []string) []int {
	out := make([]int, len(names))
	for i := range out {
		out[i] = i
	}
	if m.tolerant() {
		line := func(i int) int {
			if n := m.lines[m.source(names[i])]; n > 0 {
				return n
			}
			return math.MaxInt
		}
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(line(a), line(b)) })
	}
	return out
}

// checkFor tells whether the mapping suits a file: its columns are there, its attributes mean something for the kind.
func (m *Mapping) checkFor(attributes, header []string) error {
	if m == nil {
		return nil
	}
	for column, attribute := range m.columns {
		if !m.absent && !slices.ContainsFunc(header, func(name string) bool { return m.source(name) == column }) {
			return registry.Invalid("mapping", "line %d: the file has no column %q", m.lines[column], column)
		}
		if !m.absent && !slices.Contains(attributes, attribute) {
			return registry.Invalid("mapping", "line %d: %s is no attribute of this kind of file", m.lines[column], attribute)
		}
	}
	return nil
}

// eachEntry visits the entries of a YAML mapping; what names it in an error.
func eachEntry(node ast.Node, what string, visit func(key string, line int, value ast.Node) error) error {
	var entries []*ast.MappingValueNode
	switch node := node.(type) {
	case *ast.MappingNode:
		entries = node.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{node}
	default:
		return registry.Invalid("mapping", "line %d: %s must be a list of name: value", lineOf(node), what)
	}
	for _, entry := range entries {
		key, ok := scalarText(entry.Key)
		if !ok {
			return registry.Invalid("mapping", "line %d: a name must be plain text", lineOf(entry))
		}
		if err := visit(key, lineOf(entry.Key), entry.Value); err != nil {
			return err
		}
	}
	return nil
}

// eachText is eachEntry where the values are text.
func eachText(node ast.Node, what string, visit func(key string, line int, value string) error) error {
	return eachEntry(node, what, func(key string, line int, value ast.Node) error {
		text, ok := scalarText(value)
		if !ok {
			return registry.Invalid("mapping", "line %d: the value of %q must be plain text", line, key)
		}
		return visit(key, line, text)
	})
}

// scalarText gives what stands in the file, so that 01 and yes stay what they are.
func scalarText(node ast.Node) (string, bool) {
	switch node := node.(type) {
	case *ast.LiteralNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "", false
	case *ast.NullNode:
		return "", true
	case ast.ScalarNode:
		return node.GetToken().Value, true
	}
	return "", false
}

func lineOf(node ast.Node) int {
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}
