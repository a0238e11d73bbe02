-- Cash that is asked for and neither confirmed nor given up keeps a case open, too: what is open is
-- filled anew, from the history.
truncate open_matter;
update es_tracking set pos = 0 where consumer = 'open_matter';
