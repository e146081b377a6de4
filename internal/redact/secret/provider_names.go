package secret

import "strings"

// provider says whether a word of a name, in lower case, is the name of a service that hands out keys.
func provider(word []byte) bool {
	if len(word) < 2 || len(word) > 31 || providerBegins[word[0]&31][word[1]&31]>>len(word)&1 == 0 {
		return false
	}
	_, is := providerNames[string(word)]
	return is
}

// commonProvider says whether a word is the name of such a service but also a common word: it counts only in the name of
// a key.
func commonProvider(word []byte) bool {
	switch string(word) {
	case "box", "route", "segment", "linear", "monday", "redis", "postgres", "mysql", "mongodb", "rabbitmq", "github", "gitlab", "docker", "maven", "npm", "nuget", "pypi", "vault", "consul",
		"terraform", "kafka", "elastic", "daily", "coda", "canny", "chatbot", "autopilot", "dandelion", "courier", "travis", "steam", "azure", "square", "cypress", "sonar", "apollo", "beamer",
		"miro", "mux", "nomad", "blogger", "cohere", "sumo", "strava", "kraken", "ollama", "raven", "xray", "guru", "nimble", "polygon", "hunter", "harvest", "shortcut", "drone", "pusher",
		"streak", "swell", "unify", "twist", "clay", "cursor", "runway", "ronin", "refiner", "keen", "prospect", "sentiment", "enigma", "gemini", "atlas", "moderation", "geocode", "bitbar",
		"aws", "gcp", "google", "openai", "anthropic", "hugging", "stability", "microsoft", "apple", "amazon", "yahoo", "oracle", "sap", "samsung", "discourse", "ghost", "wordpress", "jwt":
		return true
	}
	return false
}

// providerBegins has, by the first two letters of a provider's name, a bit for every length of one: most words end here.
var providerBegins = func() (begins [32][32]uint32) {
	for name := range providerNames {
		begins[name[0]&31][name[1]&31] |= 1 << len(name)
	}
	return begins
}()

// providerNames are services whose keys have no form of their own, and those whose names stand before them.
var providerNames = func() map[string]struct{} {
	set := map[string]struct{}{}
	for _, name := range strings.Fields(providerList) {
		set[name] = struct{}{}
	}
	return set
}()

const providerList = `
nozbe smartsheets theoddsapi wandb insightly skrapp alchemyapi nicereply noticeable holidayapi zipcodebase urlscan loyverse nftport logz toggl
mixmax mailersend mapquest tmetric verimail vbout tefter teletype unplu uclassify shortcut squadcast opsgenie victorops pingdom uptimerobot site24x7
deepl wolfram alphavantage iexcloud fredapi quandl coinmarketcap coingecko etherscan bscscan polygonscan moralis quicknode ankr chainstack tenderly
openrouteservice bing googlemaps tomorrow accuweather wunderground worldtides newscaster shodan censys securitytrails greynoise abuseipdb
hibp hybridanalysis virustotal ipqualityscore maxmind clearbit apolloio zoominfo snovio neverbounce kickfire
adafruit adobe adyen ai21 airbrake airtable aiven alchemy algolia alibaba amplitude anypoint apifonica apify apilayer
apimetrics apitemplate appcenter appfollow appointedd appoptics appsynergy artifactory asana assemblyai atera
atlassian audd auth0 autoklose avaza aviationstack axonaut ayrshare azure bamboo bannerbear baremetrics baseten beamer
beebole besnappy besttime betterstack bintray bitbar bitbucket bitcoinaverage bitly bittrex blazemeter blitapp
blocknative blynk bombbomb boostnote borgbase braintree brandfetch browserstack browshot bscscan buddyns budibase
bugherd bugsnag buildkite bulbul buttercms caflou calendarific calendly calorieninja campayn capsulecrm
carboninterface centralstationcrm cerebras chartmogul chatfuel checkly circleci cisco clarifai clay clearbit
clickhouse clickup cliengo clockify clojars closecrm cloudconvert cloudflare cloudimage cloudmersive cloudplan
cloudsight cloudsmith cloverly clustdoc codacy codeclimate codecov codemagic codequiry cohere coinapi coinbase
coinlayer coinlib commercejs confluence confluent contentful convertapi convertkit countrylayer courier coveralls coze
craftmypdf crowdin cryptocompare currencyfreaks currencylayer currencyscoop customerio cypress dailyco dareboost
databox databricks datadog datagov debounce deepai deepgram deepinfra deepseek detectify deviantart dfuse diffbot
digitalocean discogs discord disqus docusign doppler dronahq drone dropbox duffel dwolla dynatrace dyspatch
easyinsight ecostruxure edamam edenai eightxeight elasticemail elevenlabs epsagon etherscan etsy eventbrite everhour
exchangerate facebook fastforex fastly fb fbconnect figma filestack finage finicity finnhub firebase fireworks fixer
flickr flightapi flightstats flowdash flowflu flutterwave fmfw foursquare frameio freemius freshbooks freshdesk
friendli fullstory gengo geoapify geocodify geocodio geoipifi getemail getresponse giphy gitee gitter glassnode
gocardless gocd goodday grafana graphhopper groovehq guardianapi gumroad gyazo harvest helpscout heroku hubspot
huggingface humio hypertrack ibm imagekit imgur infisical infracost infura instagram instantly intercom interseller
intra42 intrinio ipapi ipdata ipgeolocation ipify ipinfo ipstack iterable jenkins jfrog jira jumpcloud keenio kickbox
klaviyo kling klipfolio kontent kraken kucoin langsmith languagelayer lark larksuite lastfm launchdarkly leadfeeder
lemlist lessannoyingcrm linear linkedin linode liveagent lob locationiq loggly logzio lokalise looker mailboxlayer
mailchimp mailgun mailjet mailmodo mandrill mapbox mapquest marketstack mattermost maxmind mediastack meistertask
meraki messagebird metaapi mistral mixpanel mollie moonclerk moosend myfreshworks nasdaq netcore nethunt netlify
neutrinoapi newrelic newsapi newscatcher nexmo nightfall notion numverify nylas nytimes oanda octopus okta ollama omdb
omnisend onedesk onelogin onesignal onfleet openai opencagedata opengraphr openuv openweather openweathermap
optimizely owlbot owm pagerduty paldesk pandadoc pandascore parsehub partnerstack pastebin paydirtapp paymongo paypal
paystack pdflayer pdfshift pendo pepipost percy perplexity phonevalidate pinata pinterest pipedream pipedrive
pivotaltracker pixabay plaid planetscale planyo plivo poloniex positionstack postageapp postbacks posthog postman
postmark powrbot privateai prodpad proxycrawl pubnub pulumi pusher qase qualaroo qubole quickbooks rapidapi rawg
razorpay rebrandly reddit redshift repairshopr replicate restpack riot rocketreach rollbar rownd runrunit runscope
salesblink salesforce satismeter saucelabs scraperapi scraperbox scrapestack screenshotapi scrutinizer selectpdf
semaphore sendbird sendgrid sendinblue sentry serphouse serpstack sheety shippo shodan shopify shortcut shotstack
shutterstock signalwire signaturit signupgenius simfin simplesat simplynoted skybiometry slack slackbot smartsheet
smartystreets smooch snipcart snowflake snyk sonar sonarcloud sonarqube sonatype sourcegraph sparkpost speechtext
splunk spoonacular spotify square squarespace sslmate stabilityai statuscake statuspage stitchdata stockdata storecove
stormboard stormglass storyblok stripe stytch sugester sumo sumologic supabase surveyanyplace surveybot surveysparrow
survicate swiftype tallyfy tatum taxjar teamcity teamgate teamwork technicalanalysisapi telegram telnyx tencent
textmagic theodds thinkific thousandeyes ticketmaster tiingo tiktok tineswebhook tmdb todoist tomorrowio tomtom
tradier trakt transferwise travis travisci trello truenas tumblr twelvedata twilio twitch twitter tyntec typeform
ubidots uclassify unplugg unsplash upcdatabase uplead uploadcare upwave uservoice vagrantcloud vatlayer vercel
versioneye viewneo virustotal visualcrossing voicegain vouchery voyage vpnapi vultr vyte wakatime walkscore weatherbit
weatherstack webex webflow webscraper wepay whoxy worksnaps workstack worldcoinindex worldweather wpengine wrike
xendit xero yandex yelp youneedabudget youtube zapier zendesk zenrows zenscrape zenserp zeplin zerobounce zipapi
zipbooks zipcodeapi zoho zonkafeedback zulip
`
