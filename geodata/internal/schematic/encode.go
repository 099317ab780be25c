package schematic

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"kantong/geodata"
)

// decimals of a degree in the file, 0.11 m. Rounding is what makes shared vertices equal to the last bit.
const decimals = 6

// encode writes one feature a line, so that a change of one kelurahan is a change of one line.
func encode(places []geodata.Known, cells [][]int, net *network, ground plane) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","name":"pangkalpinang_schematic","schematic":true,"source":` +
		quote(geodata.SchematicSource) + `,"features":[` + "\n")
	for i, k := range places {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(`{"type":"Feature","properties":{"code":` + quote(string(k.Code)) + `,"name":` + quote(k.Name) +
			`,"schematic":true},"geometry":{"type":"Polygon","coordinates":[[`)
		var ring []string
		for c, corner := range cells[i] {
			for _, v := range net.bentEdge(corner, cells[i][(c+1)%len(cells[i])]) {
				d := ground.toDegrees(v)
				at := "[" + format(d[0]) + "," + format(d[1]) + "]"
				if len(ring) == 0 || at != ring[len(ring)-1] {
					ring = append(ring, at)
				}
			}
		}
		b.WriteString(strings.Join(append(ring, ring[0]), ","))
		b.WriteString("]]}}")
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

func format(degrees float64) string { return strconv.FormatFloat(degrees, 'f', decimals, 64) }

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // no string fails
		panic(err)
	}
	return string(b)
}
