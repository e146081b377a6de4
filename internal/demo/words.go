package demo

import "strings"

// vocabulary is what names and texts are drawn from. Built once per generator, so that the package has no globals.
type vocabulary struct {
	first, last, streets, cities, countries []string
	adjectives, materials, things, colours  []string
	words                                   []string
	browsers                                []string
	mailDomains                             []string
}

func newVocabulary() *vocabulary {
	v := &vocabulary{
		first: strings.Fields(`Ada Aisha Akira Alejandro Amara Anders Anja Antoine Beatriz Bilal Björn Camille Carlos Chiara Chloé
Daniela Dmitri Ebony Elif Emeka Emma Esther Fatima Felix Finn Freya Gabriel Giulia Grace Hana Hannah Hugo Imani Ines Isaac Ivan
Jaroslav Jasmin Joaquín Jonas José Julia Kaito Karolina Kofi Kwame Lars Layla Leon Lena Liam Lucía Maja Marek Mateo Maya Mei Miguel
Mohammed Nadia Naomi Nia Niamh Noah Nora Olga Oliver Omar Oskar Paul Petra Priya Quentin Rafael Rania Ravi Ren Rosa Sakura Samir
Sanjay Sara Sebastián Sinéad Sofia Søren Stella Tadeusz Tamara Théo Tomás Uma Valentina Vera Viktor Wanjiru Wei Xavier Yara Yusuf Zoë Zofia`),
		last: strings.Fields(`Abbott Achterberg Adeyemi Aguilar Ahmed Almeida Andersson Appiah Baker Banerjee Barros Bauer Becker Bianchi Blanc
Boateng Brown Bürger Carter Castillo Chen Clarke Costa Cruz Dahl Dąbrowski Delgado Diallo Dubois Edwards Eriksen Esposito Farah Ferrari
Fischer Fontaine Fraser Garcia Gonçalves Grant Gruber Gupta Haddad Hansen Harris Hassan Herrera Hoffmann Horváth Hughes Ibrahim Ito
Ivanova Jansen Johansson Jones Kaya Keller Khan Kim Kovač Kowalska Kumar Lambert Larsen Lehmann Lewis Lim Lindqvist Lopez Maier Marchetti
Martin Mbeki Mendoza Meyer Moreau Müller Murphy Nakamura Navarro Nguyen Nkosi Novák O'Brien Okafor Oliveira Osei Owusu Park Patel Pereira
Petrov Popescu Quinn Ramírez Reyes Ricci Rossi Roy Saito Santos Schmid Schröder Sharma Silva Singh Smit Sørensen Suzuki Takahashi Tanaka
Taylor Thomsen Torres Usman Van-Dijk Vargas Virtanen Wagner Walsh Watanabe Weber Williams Wójcik Wright Yılmaz Young Zhang Ziegler`),
		streets: strings.Fields(`Acacia Alder Ash Baker Bank Beech Birch Bridge Brook Canal Castle Cedar Chapel Cherry Church Cliff College
Court Dale Elm Field Forge Garden Glen Grange Grove Harbour Hawthorn Hazel High Hill Holly King Lake Laurel Lime Linden Manor Maple
Market Meadow Mill Moor North Oak Orchard Park Pine Poplar Quay Queen Railway River Rose Rowan School Spring Station Stone Sycamore
Tower Union Valley Victoria Walnut Water West Willow Windsor Wood York`),
		cities: strings.Split(`Aarhus,Antwerp,Austin,Barcelona,Belfast,Bergen,Bologna,Boston,Bristol,Brno,Cardiff,Chicago,Cork,Denver,Dublin,Edinburgh,Eindhoven,
Espoo,Gdańsk,Geneva,Ghent,Glasgow,Gothenburg,Graz,Hamburg,Helsinki,Innsbruck,Kraków,Kyoto,Leeds,Leipzig,Lille,Lisbon,Ljubljana,Lyon,Madison,Malmö,Manchester,
Melbourne,Milwaukee,Montréal,München,Nantes,Osaka,Oslo,Portland,Porto,Poznań,Raleigh,Rotterdam,San José,São Paulo,Sapporo,Seattle,Sevilla,Tallinn,Tampere,
Toronto,Torino,Trondheim,Tucson,Utrecht,Valencia,Vancouver,Vilnius,Wellington,Zürich`, ","),
		countries:   strings.Fields(`AT AU BE BR CA CH CZ DE DK EE ES FI FR GB IE IT JP LT NL NO NZ PL PT SE SI US`),
		adjectives:  strings.Fields(`Alpine Ample Arctic Brisk Calm Classic Compact Cosy Crisp Daily Double Eager Early Easy Fine Foldable Gentle Grand Handy Hearty Humble Light Little Lively Lunar Mellow Modern Narrow Noble Nordic Outdoor Pocket Portable Quiet Rapid Reclaimed Robust Rustic Silent Simple Sleek Slim Soft Solid Stackable Sturdy Sunny Tidy Timeless Tiny Urban Vintage Vivid Warm Wild`),
		materials:   strings.Fields(`Aluminium Ash Bamboo Beech Brass Canvas Cashmere Ceramic Copper Cork Cotton Felt Flax Glass Granite Hemp Jute Kevlar Leather Linen Marble Merino Oak Porcelain Rattan Rubber Silk Slate Steel Stoneware Suede Teak Titanium Tweed Velvet Walnut Wicker Wool`),
		things:      strings.Fields(`Apron Backpack Basket Bench Blanket Bottle Bowl Cabinet Candle Carafe Cardigan Chair Clock Coaster Compass Cushion Desk Duvet Easel Flask Frame Gloves Grinder Hammock Jacket Kettle Knife Ladder Lamp Lantern Mat Mirror Mug Napkin Notebook Pan Parasol Pillow Planter Plate Poncho Pouch Rug Sandals Satchel Scarf Shelf Slippers Spoon Stool Table Teapot Tent Thermos Throw Towel Tray Umbrella Vase Wallet Watch Whisk`),
		colours:     strings.Fields(`amber anthracite apricot azure beige black blue bronze burgundy charcoal chestnut cobalt coral cream crimson emerald graphite grey indigo ivory khaki lavender lilac mint mustard navy ochre olive orange peach petrol plum red rosé ruby rust sage sand scarlet silver teal terracotta turquoise violet white yellow`),
		mailDomains: []string{"example.com", "example.org", "example.net", "mail.example.com", "post.example.org"},
		browsers: []string{
			"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0 Safari/537.36",
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.% Safari/605.1.15",
			"Mozilla/5.0 (X11; Linux x86_64; rv:%.0) Gecko/20100101 Firefox/%.0",
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.% Mobile/15E148 Safari/604.1",
			"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0 Mobile Safari/537.36",
			"ShopApp/4.%.0 (Android 14; de_DE)", "ShopApp/4.%.1 (iOS 18.5; en_GB)",
		},
	}
	v.words = newWords()
	for i, city := range v.cities {
		v.cities[i] = strings.TrimSpace(city)
	}
	return v
}

// newWords joins stems and endings into a few thousand words: enough that free text compresses like prose, not like a list.
func newWords() []string {
	common := strings.Fields(`the the the and and of to in is it for with that on was this but as so very not at my they we you are have had one
which from all when there been more if would out up what about after only some could into than other then now over also back even because any
most first well way new good just really great size colour price weeks days arrived ordered delivery packaging quality room kitchen garden
winter summer present wife husband daughter son friend parents house money value perfect lovely solid cheap heavy light bigger smaller than
expected described picture photo return refund replaced customer service helpful quick slow late early damaged scratch smell wash washed machine`)
	stems := strings.Fields(`absorb adapt advis align anchor appreciat arrang assembl balanc bend blend brush build calm carv clean clear clos comfort
compar connect cook cool cover craft cut design detail divid dry dust edg embroid engrav extend fad fasten fill finish fit fold form fram
freez glaz glow grip hang heat hold honour improv insert insulat join knit layer lift lin lock mark match measur mix mount nest open order
pack paint pair patch plait polish pour press print protect quilt recommend reinforc repair rest roll rub scent seal season sew shap shin
shrink sit slid smooth soak sort split spread stack stain stand steam stitch stor strap stretch support surpris switch tighten tilt tint
touch treat trim turn twist upholster varnish ventilat warm water wear weav weigh wip wind wrap`)
	endings := []string{"ed", "ing", "er", "able", "s", "ers", "ings", "ment", "ation", "ive", "ively", "ably"}
	words := make([]string, 0, 3*len(common)+len(stems)*len(endings))
	for range 8 { // common words are common
		words = append(words, common...)
	}
	for _, stem := range stems {
		for _, ending := range endings {
			words = append(words, stem+ending)
		}
	}
	return words
}

// appendText appends sentences of about n words.
func (v *vocabulary) appendText(dst []byte, r *random, n int) []byte {
	for n > 0 {
		length := r.between(5, 14)
		for i := range length {
			word := v.words[r.below(len(v.words))]
			if i == 0 {
				dst = append(dst, word[0]-('a'-'A'))
				dst = append(dst, word[1:]...)
				continue
			}
			dst = append(append(dst, ' '), word...)
		}
		dst = append(dst, '.', ' ')
		n -= length
	}
	return dst[:len(dst)-1]
}

func (v *vocabulary) appendBrowser(dst []byte, r *random) []byte {
	version := r.between(110, 139)
	for _, c := range []byte(r.pick(v.browsers)) {
		if c == '%' {
			dst = appendInt(dst, int64(version))
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
