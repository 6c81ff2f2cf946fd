/**
 * Very common English words of three or four letters. With one space before it each is a single token in OpenAI's
 * cl100k_base, o200k_base and p50k_base (counted with those tokenizers), and no word has more than five characters
 * with its space: an estimator that takes four characters for a token reads at most 1.25 tokens a word.
 * Words that a content filter might take offence at are left out.
 */
export const commonWords: readonly string[] = `
able ace acid act acts add adds ads age aged ages ago aid aim aims air all ally also amid amp and ant any apt
are area arm arms art arts ash ask asks ate atom auto away axes axis back bag bags bail bake ball band bank bar
barn bars base bash bass bath bay beam bean bear bed beds bee beef been beg bell belt bend bent best bet beta
bias bid big bike bill bin bins bird bit bite bits blob blog blue blur boat bob body bold bolt bone book boom
boot bore born both bout bow bowl box brew buck bud buff bulk bump bus bush busy but buy buzz byte cab cad cage
cake call calm cam came camp can cant car card care carp cars cart case cash cast cat cats cave cell cent chap
chat chef chew chi chip cite city clan clay clip club clue coal coat cob cod code coin cold comb come cone cook
cool cope copy cord core corn cost crew crop crow cry cub cube cup cups cur cure curl cute dare dark dash data
date dawn day days deal dear debt deck deep deer dens deny desk dial dice did diet dig din dire dirt disc dish
disk dive dock does dog dogs doll don done door dose dot dots down drag draw drew drop drum dry dual dub duck
due duo dust duty each ear earn ears ease east easy eat edge edit egg eggs ego else emit end ends epic era err
even ever exam eye eyes face fact fade fail fair fake fall fame fan fans far fare farm fast fate feat fee feed
feel fees feet fell felt few fib file fill film find fine fir fire firm fish fit fits five flag flat flaw fled
flee flew flip flow flu flux fly foam fog fold folk fond font food foot for fore fork form four fox free from
fuel full fun fund fur fuse gain gal gall game gap gaps gas gate gave gaze gear gel gem gene gent get gets gift
gig give glad glow glue glut goal goes gold golf gone good got grab gram grew grid grip grow gust gut gym hack
had hair half hall halt ham hand hard harm has haul have hay head heal heap hear heat heel held helm help her
herb here hero hers hes hey hide high hike hill him hint hip hire his hold home hop hope horn hose host hot hour
how hub hug huge hum ice icon idea idle ill imp inch info ink inn into ion iron item its jack jam jar jazz jet
job jobs jog join joke joy jug jump junk jury just keen keep kept key keys kick kind king kit kits knee knew
know lab lack lag laid lake lamp land lane lap last late law lawn laws lay lazy lead leaf leak lean leap led
left leg legs lend lens less let lets lid lieu life lift like line link lion list lit live load loan lock log
logo logs long look loop lots loud love low luck lung made mail main make mall man many map maps mark mas mask
mass mast mat may maze meal mean meat meet melt memo men menu mere mes mesh mess met mice mild mile milk mind
mine mint miss mist mix mock mode mole mood moon more most move much mud muse mush must myth name near neat neck
need nest new news next nice nick nine nit nod node non none noon nor norm nose not note noun now oak odds off
oil oils old once one ones only onto open ore our ours out outs oven over own owns pace pack pad pads page paid
pair palm pane pant par park pars part pas pass past path pay pays peak pear peek peer peg pen pens per pert
pick pie pier pile pin pine pink pins pipe pit plan play plea plot plug plus ply pod poem pole poll pond pool
pop pork port pose post pour pray prim prod prom prop pub pull pump pun punt pup pure push put puts quit quiz
race rack rag rail rain ramp ran rap rare rate ray read real rear red rein rely rend rent rest rice rich ride
rig rim ring rise risk road rock rod role roll roof room root rope rose row rows rug ruin rule run runs rush
rust safe sage said sail sake sale salt same sand sang sap sat save saw say says scan scar sea seal seam seat
sect see seed seek seem seen sees self sell send sent set sets sew she shed ship shoe shop show shut shy side
sigh sign sing sink sit site sits six size ski skin skip sky slim slip slog slot slow slug snap snow soap sob
sod soda sofa soft soil sold sole solo some song soon sore sort soul soup sour spa span spin spot star stay stem
step stir stop stub stud such suit sum sums sun sure surf swap swim tab tabs tack tact tag tags tail take tale
talk tall tan tang tape tar task tax taxi tea team tee tell ten tend tens tent term test text than that the them
then they this thus tick tie tied tier ties tile till tilt time tin tiny tip tips tire toe told tone tong tons
too took tool top tops torn tot tour town toy toys tray tree trim trio trip true try tub tube tune turn twin two
type undo unit unto upon ups use used user uses van vary vast vend verb very vest vet vice view vine visa volt
vote wage wait wake walk wall wand want ward warm warn was wash wave wax way ways weak wear web week weld well
went were west wet what when who whom why wide will win wind wing wins wire wise wish wit with woke wolf won
wood wool word wore work worm worn wow wrap writ yard yarn year yes yet yoga you your zero zip zone zoom
`
  .trim()
  .split(/\s+/);
