package server_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGDALReadsExports: ogrinfo, which reads as QGIS does, finds the rows of every file, and the collections of the server.
func TestGDALReadsExports(t *testing.T) {
	ogrinfo, m, dir := tool(t, "ogrinfo"), newMapServer(t), t.TempDir()
	look := func(what string, key string) string {
		args := []string{"-ro", "-so", "-al", what}
		if key != "" {
			args = append([]string{"--config", "GDAL_HTTP_HEADERS", "Authorization: " + m.keys[key]}, args...)
		}
		out, err := exec.Command(ogrinfo, args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
		return string(out)
	}
	for name, path := range map[string]string{"areas": "areas.%?level=kelurahan", "hex": "hex.%?hex=M1000", "pockets": "pockets.%?radiusMeters=2500&minHouseholds=10", "unreached": "unreached.%?program=AB", "priorities": "priorities.%?x"} {
		counts := map[string]bool{}
		for _, format := range []string{"csv", "xlsx", "geojson", "gpkg"} {
			resp, text := m.get(t, "planner", "/export/"+strings.Replace(strings.TrimSuffix(path, "?x"), "%", format, 1), "Kantong-Purpose", "a test")
			if resp.StatusCode != 200 {
				t.Fatalf("%s.%s: %d %s", name, format, resp.StatusCode, text)
			}
			file := filepath.Join(dir, name+"."+format)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, layer, found := strings.Cut(look(file, ""), "Layer name: "+name)
			count, _, _ := strings.Cut(layer[strings.Index(layer, "Feature Count: "):], "\n")
			if counts[count] = true; !found || count == "Feature Count: 0" {
				t.Errorf("%s: %s", file, layer)
			}
		}
		if len(counts) != 1 {
			t.Errorf("the files of %s have several lengths: %v", name, counts)
		}
	}
	for key, layers := range map[string][]string{"": {"kecamatan", "kelurahan", "pockets"}, "partner": {"kecamatan", "kelurahan", "hex", "pockets"}, "planner": {"kecamatan", "kelurahan", "hex", "pockets"}} {
		out := look("OAPIF:"+m.URL+"/ogc", key)
		for _, layer := range layers {
			if !strings.Contains(out, "Layer name: "+layer+"\n") {
				t.Errorf("%q finds no layer %s:\n%s", key, layer, out)
			}
		}
		if strings.Count(out, "unsafe_water: Real") != len(layers)-1 {
			t.Errorf("%q finds no figures:\n%s", key, out)
		}
	}
}

// TestLibreOfficeOpensXLSX: LibreOffice makes a PDF of every sheet without a word of complaint.
func TestLibreOfficeOpensXLSX(t *testing.T) {
	office, m, dir := tool(t, "soffice"), newMapServer(t), t.TempDir()
	for _, name := range []string{"areas.xlsx", "priorities.xlsx", "unreached.xlsx?program=AB"} {
		resp, text := m.get(t, "planner", "/export/"+name, "Kantong-Purpose", "a test")
		file := filepath.Join(dir, strings.SplitN(name, "?", 2)[0])
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v: %d %.200s", err, resp.StatusCode, text)
		}
		convert := exec.Command(office, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", "pdf", "--outdir", dir, file)
		var said strings.Builder
		convert.Stderr = &said
		if _, err := convert.Output(); err != nil {
			t.Fatalf("%v: %s", err, said.String())
		}
		for line := range strings.Lines(said.String()) {
			if !strings.Contains(line, "javaldx") { // that there is no Java, which nothing here needs
				t.Errorf("%s: %s", name, line)
			}
		}
		if pdf, err := os.ReadFile(strings.TrimSuffix(file, ".xlsx") + ".pdf"); err != nil || !strings.HasPrefix(string(pdf), "%PDF-") || len(pdf) < 10_000 {
			t.Errorf("%s: %v, %d bytes", name, err, len(pdf))
		}
	}
}
