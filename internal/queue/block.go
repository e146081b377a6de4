package queue

// Block is a number of encoded records that travel together: it is queued, pushed and retried as a whole.
type Block struct {
	// Data is the encoded form. The queue never looks into it. It must not be changed once it was handed over.
	Data []byte
	// Items is the number of records in Data.
	Items int
	// Bytes is the uncompressed size of the records, in bytes: it counts for the flush size and the queue size.
	Bytes int
}

// Totals returns the number of records and the uncompressed bytes of the blocks.
func Totals(blocks []Block) (items, bytes int) {
	for i := range blocks {
		items += blocks[i].Items
		bytes += blocks[i].Bytes
	}
	return items, bytes
}
