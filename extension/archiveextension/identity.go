package archiveextension

// Identity is the archive's scheme, bucket and prefix, as addresses of records begin. Unlike Archive it needs no store
// that answers: what addresses records works while the store is down.
func (e *archiveExtension) Identity() string {
	if e.store == nil {
		return ""
	}
	return e.store.Identity()
}
