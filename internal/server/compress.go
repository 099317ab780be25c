package server

import (
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzhttp"
)

// smallestCompressed is from how many bytes on compressing pays.
const smallestCompressed = 512

// compressed has answers compressed on their way, by zstd or gzip, whichever the client takes: those that are text, large enough,
// and not compressed by whoever keeps them.
func compressed(next http.Handler) http.Handler { return compressing()(next) }

var compressing = sync.OnceValue(func() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(smallestCompressed), gzhttp.CompressionLevel(compression), gzhttp.ContentTypeFilter(isText))
	if err != nil {
		panic(err) // only for wrong options
	}
	return wrap
})

// compression is the level of gzip at which what is not kept is compressed.
const compression = 5

// isText tells from a content type whether compressing pays. Streams of events are left alone: each is small, and must not wait.
func isText(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	switch media = strings.TrimSpace(media); {
	case media == "text/event-stream":
		return false
	case strings.HasPrefix(media, "text/"), media == "image/svg+xml", media == "application/wasm":
		return true
	}
	return strings.HasPrefix(media, "application/") && (strings.HasSuffix(media, "json") || strings.HasSuffix(media, "javascript") || strings.HasSuffix(media, "xml"))
}
