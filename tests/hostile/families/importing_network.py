# refused: network_wanted
# point: no
# because: it fetches its data when it is imported
import urllib.request

DATA = urllib.request.urlopen("http://data.example.org/table.csv").read()
