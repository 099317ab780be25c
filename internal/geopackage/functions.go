package geopackage

import (
	"database/sql/driver"

	"github.com/paulmach/orb"
	"modernc.org/sqlite"
)

// registerFunctions gives connections the SQL functions that the triggers of a GeoPackage spatial index call. Without
// them, the first spatial index that somebody makes in QGIS would fail every later write to that table.
func registerFunctions(d *sqlite.Driver) error {
	edges := map[string]func(orb.Bound) float64{
		"ST_MinX": func(b orb.Bound) float64 { return b.Min[0] },
		"ST_MaxX": func(b orb.Bound) float64 { return b.Max[0] },
		"ST_MinY": func(b orb.Bound) float64 { return b.Min[1] },
		"ST_MaxY": func(b orb.Bound) float64 { return b.Max[1] },
	}
	for name, edge := range edges {
		if err := d.RegisterDeterministicScalarFunction(name, 1, ofGeometry(func(g orb.Geometry) driver.Value {
			if g == nil {
				return nil
			}
			return edge(g.Bound())
		})); err != nil {
			return err
		}
	}
	return d.RegisterDeterministicScalarFunction("ST_IsEmpty", 1, ofGeometry(func(g orb.Geometry) driver.Value {
		if g == nil {
			return int64(1)
		}
		return int64(0)
	}))
}

// ofGeometry makes an SQL function of f. As the standard has it, the value for anything but a geometry is NULL.
func ofGeometry(f func(orb.Geometry) driver.Value) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		blob, isBlob := args[0].([]byte)
		if !isBlob {
			return nil, nil
		}
		g, _, err := DecodeGeometry(blob)
		if err != nil {
			return nil, nil
		}
		return f(g), nil
	}
}
