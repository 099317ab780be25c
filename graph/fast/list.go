package fast

// List writes a list. Where its elements may not be null, one that is makes the whole list null.
func List[T any](w *Writer, at *Place, list []T, nonNull bool, write func(*Writer, *Place, *T) bool) bool {
	l := progressOfList[T]{w: w, at: at.elements(), list: list, nonNull: nonNull, write: write}
	start := len(w.B)
	w.B = append(w.B, '[')
	for l.next < len(list) {
		l.some()
	}
	if l.invalid {
		w.B = w.B[:start]
		return false
	}
	w.B = append(w.B, ']')
	return true
}

// progressOfList is how far a list is written.
type progressOfList[T any] struct {
	w       *Writer
	at      *Place
	list    []T
	nonNull bool
	write   func(*Writer, *Place, *T) bool
	mark    int // where the element begins
	next    int
	invalid bool
}

// some writes elements up to the end, or to one that panics.
func (l *progressOfList[T]) some() {
	defer l.rescue()
	for l.next < len(l.list) {
		if l.next > 0 {
			l.w.B = append(l.w.B, ',')
		}
		l.mark = len(l.w.B)
		l.at.index = l.next
		l.next++
		if !l.write(l.w, l.at, &l.list[l.at.index]) {
			l.none()
		}
	}
}

func (l *progressOfList[T]) none() {
	l.w.B = append(l.w.B[:l.mark], "null"...)
	l.invalid = l.invalid || l.nonNull
}

func (l *progressOfList[T]) rescue() {
	if r := recover(); r != nil {
		l.at.index = l.next - 1
		l.w.rescue(l.at, r)
		l.none()
	}
}

// Scalars is List of scalars, whose errors are the whole list's in gqlgen, without a number.
func Scalars[T any](w *Writer, at *Place, list []T, nonNull bool, write func(*Writer, *Place, *T) bool) bool {
	start, invalid := len(w.B), false
	w.B = append(w.B, '[')
	for i := range list {
		if i > 0 {
			w.B = append(w.B, ',')
		}
		if mark := len(w.B); !write(w, at, &list[i]) {
			w.B = append(w.B[:mark], "null"...)
			invalid = invalid || nonNull
		}
	}
	if invalid {
		w.B = w.B[:start]
		return false
	}
	w.B = append(w.B, ']')
	return true
}
