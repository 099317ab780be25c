// Package filetest makes boundary files for tests without another program: right ones, and ones spoilt on purpose.
package filetest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Definitions in ESRI's well-known text, as .prj files have them.
const (
	WGS84  = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	UTM48S = `PROJCS["WGS_1984_UTM_Zone_48S",` + WGS84 + `,PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
)

// Shape is a record of a Shapefile: rings in their order and way, and the values of its row.
type Shape struct {
	Rings   []orb.Ring
	Row     []string
	Deleted bool
}

// Shapefile makes a .shp, .dbf, .prj and .cpg under a name; columns are texts of 40 bytes. What is empty of prj and cpg is left out.
func Shapefile(name, prj, cpg string, columns []string, shapes []Shape) map[string][]byte {
	files := map[string][]byte{name + ".shp": SHP(shapes), name + ".dbf": DBF(columns, shapes)}
	if prj != "" {
		files[name+".prj"] = []byte(prj)
	}
	if cpg != "" {
		files[name+".cpg"] = []byte(cpg)
	}
	return files
}

// SHP makes the shapes.
func SHP(shapes []Shape) []byte {
	out := make([]byte, 100)
	binary.BigEndian.PutUint32(out, 9994)
	binary.LittleEndian.PutUint32(out[28:], 1000)
	binary.LittleEndian.PutUint32(out[32:], 5)
	for i, s := range shapes {
		content := Polygon(s.Rings)
		out = binary.BigEndian.AppendUint32(out, uint32(i+1))
		out = binary.BigEndian.AppendUint32(out, uint32(len(content)/2))
		out = append(out, content...)
	}
	binary.BigEndian.PutUint32(out[24:], uint32(len(out)/2))
	return out
}

// Polygon makes the content of a record; a null shape of no rings.
func Polygon(rings []orb.Ring) []byte {
	if rings == nil {
		return make([]byte, 4)
	}
	content := binary.LittleEndian.AppendUint32(nil, 5)
	content = append(content, make([]byte, 32)...)
	points := 0
	for _, ring := range rings {
		points += len(ring)
	}
	content = binary.LittleEndian.AppendUint32(content, uint32(len(rings)))
	content = binary.LittleEndian.AppendUint32(content, uint32(points))
	points = 0
	for _, ring := range rings {
		content = binary.LittleEndian.AppendUint32(content, uint32(points))
		points += len(ring)
	}
	for _, ring := range rings {
		for _, p := range ring {
			content = binary.LittleEndian.AppendUint64(content, math.Float64bits(p[0]))
			content = binary.LittleEndian.AppendUint64(content, math.Float64bits(p[1]))
		}
	}
	return content
}

const width = 40

// DBF makes the rows.
func DBF(columns []string, shapes []Shape) []byte {
	out := make([]byte, 32)
	out[0] = 3
	binary.LittleEndian.PutUint32(out[4:], uint32(len(shapes)))
	binary.LittleEndian.PutUint16(out[8:], uint16(33+32*len(columns)))
	binary.LittleEndian.PutUint16(out[10:], uint16(1+width*len(columns)))
	for _, name := range columns {
		column := make([]byte, 32)
		copy(column[:10], name)
		column[11], column[16] = 'C', width
		out = append(out, column...)
	}
	out = append(out, 0x0d)
	for _, s := range shapes {
		mark := byte(' ')
		if s.Deleted {
			mark = '*'
		}
		out = append(out, mark)
		for i := range columns {
			value := ""
			if i < len(s.Row) {
				value = s.Row[i]
			}
			out = fmt.Appendf(out, "%-*.*s", width, width, "")
			copy(out[len(out)-width:], value)
		}
	}
	return append(out, 0x1a)
}

// Zip makes an archive of files by name.
func Zip(files map[string][]byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			panic(err) // into memory
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
