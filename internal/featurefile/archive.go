package featurefile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxDirectoryBytes is the most that is read to learn what is in an archive: some hundred thousand names.
const maxDirectoryBytes = 8 << 20

// openArchive opens a Shapefile or GeoJSON in a zip archive. What is in it is read where it lies: nothing is unpacked, and
// no name of it is ever a path here.
func (s *source) openArchive() (*File, error) {
	r := &directoryReader{s.r, maxDirectoryBytes}
	archive, err := zip.NewReader(r, s.size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, s.invalid("holds too many files")
	case err != nil:
		return nil, s.invalid("is not a zip archive that can be read: %w", err)
	}
	r.left = math.MaxInt64
	sets, names, err := s.sort(archive.File)
	if err != nil {
		return nil, err
	}
	name, err := s.choose(names)
	if err != nil {
		return nil, err
	}
	set := sets[name]
	for _, f := range set {
		if f.Flags&1 != 0 {
			return nil, s.invalid("is encrypted")
		}
		if f.UncompressedSize64 > maxUnpackedBytes {
			return nil, s.invalid("holds %.80q, which would unpack to %d GB; at most %d GB are read", f.Name, f.UncompressedSize64>>30, maxUnpackedBytes>>30)
		}
	}
	if f := set[".geojson"]; f != nil {
		return s.openGeoJSON(func() (io.Reader, error) { return s.unpack(f) }, name)
	}
	return s.openShapefile(name, set)
}

// sort groups the files of layers, by the names the layers get and the endings of the files.
func (s *source) sort(files []*zip.File) (sets map[string]map[string]*zip.File, names []string, err error) {
	byStem := map[string]map[string]*zip.File{}
	bases := map[string]int{}
	other := ""
	for _, f := range files {
		name := strings.ReplaceAll(f.Name, `\`, "/")
		if !filepath.IsLocal(name) || strings.ContainsAny(name, "\x00:") {
			return nil, nil, s.invalid("holds a file %.80q, whose name leads out of the archive; it is not read at all", f.Name)
		}
		ending := strings.ToLower(path.Ext(name))
		if strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(path.Base(name), "._") || strings.HasSuffix(name, "/") {
			continue
		}
		switch ending {
		case ".shp", ".dbf", ".prj", ".cpg", ".geojson":
		case ".gpkg":
			other = f.Name
			continue
		default:
			continue
		}
		stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
		if byStem[stem] == nil {
			byStem[stem] = map[string]*zip.File{}
		}
		if byStem[stem][ending] != nil {
			return nil, nil, s.invalid("holds %.80q twice", f.Name)
		}
		byStem[stem][ending] = f
		if ending == ".shp" || ending == ".geojson" {
			bases[path.Base(stem)]++
		}
	}
	sets = map[string]map[string]*zip.File{}
	for stem, set := range byStem {
		main := set[".shp"]
		if main == nil {
			main = set[".geojson"]
		}
		if main == nil {
			continue
		}
		name := strings.ReplaceAll(main.Name, `\`, "/")
		name = strings.TrimSuffix(name, path.Ext(name))
		if bases[path.Base(stem)] == 1 {
			name = path.Base(name)
		}
		names, sets[name] = append(names, name), set
	}
	if len(names) == 0 && other != "" {
		return nil, nil, s.invalid("holds %.80q; take it out of the archive and import it as it is", other)
	}
	slices.Sort(names)
	return sets, names, nil
}

// unpack reads a file of the archive as a stream, up to the size the archive states for it.
func (s *source) unpack(f *zip.File) (io.Reader, error) {
	r, err := f.Open()
	if err != nil {
		return nil, s.invalid("holds %.80q, which can't be unpacked: %w", f.Name, err)
	}
	return &unpacked{r, s, f.Name, int64(f.UncompressedSize64)}, nil
}

// unpackSmall reads a whole file of at most 64 KB.
func (s *source) unpackSmall(f *zip.File) (string, error) {
	r, err := s.unpack(f)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(r, 64<<10))
	return string(text), err
}

// unpacked is a file of an archive; its errors are the archive's.
type unpacked struct {
	r    io.Reader
	s    *source
	name string
	left int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	if err := u.s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.r.Read(p)
	if u.left -= int64(n); u.left < 0 {
		err = errors.New("more than it states")
	}
	if err != nil && err != io.EOF {
		return n, u.s.broken("holds %.80q, which can't be unpacked: %w", u.name, err)
	}
	return n, err
}

// directoryReader bounds what is read of an archive before its files are known.
type directoryReader struct {
	r    io.ReaderAt
	left int64
}

var errDirectory = fmt.Errorf("the directory is longer than %d bytes", maxDirectoryBytes)

func (d *directoryReader) ReadAt(p []byte, at int64) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, errDirectory
	}
	return d.r.ReadAt(p, at)
}
