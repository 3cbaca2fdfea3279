<?php
// A WordPress of its own for `.ci/wordpress`: `install` makes it, `fill` writes posts with photographs, `export` prints its export.
// What `fill` has put in is also written to expected.json, by which `.ci/wordpress.py` looks at what came out.

$work = getenv('WORK');
$step = $argv[1];
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', "localhost:$work/socket");
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', 'https://kade.example');
define('WP_SITEURL', 'https://kade.example');
define('WP_CONTENT_DIR', "$work/content");
define('WP_CONTENT_URL', 'https://kade.example/wp-content');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false);
define('WP_DISABLE_FATAL_ERROR_HANDLER', true);
ini_set('display_errors', 'stderr');
define('ABSPATH', '/usr/share/wordpress/');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key of $name");
    define("{$name}_SALT", "salt of $name");
}
if ($step === 'install') {
    define('WP_INSTALLING', true);
}
$table_prefix = 'wp_';
$_SERVER += ['HTTP_HOST' => 'kade.example', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
foreach (['uploads', 'plugins', 'themes', 'languages'] as $folder) {
    is_dir("$work/content/$folder") || mkdir("$work/content/$folder", 0755, true);
}
require ABSPATH . 'wp-settings.php';
foreach (['upgrade', 'image', 'file', 'media', 'export'] as $part) {
    require_once ABSPATH . "wp-admin/includes/$part.php";
}

if ($step === 'install') {
    // Nobody is written to.
    add_filter('pre_wp_mail', fn () => true);
    wp_install('De Kade', 'anna', 'anna@kade.example', true, '', 'a sentence that nobody guesses');
    update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
    exit;
}

wp_set_current_user(1);
if ($step === 'export') {
    // It sends headers for a browser, which a shell does not need.
    @export_wp(['content' => 'all']);
    exit;
}

wp_update_user(['ID' => 1, 'display_name' => 'Anna Jansen & zoon']);
update_option('timezone_string', 'Europe/Amsterdam');
foreach (get_posts(['post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1]) as $post) {
    wp_delete_post($post->ID, true);
}

$files = array_slice(glob(getenv('PHOTOS') . '/*.jpg'), 0, 10);
count($files) === 10 || exit("ten photographs are needed\n");
$photographs = [];
foreach ($files as $index => $file) {
    $copy = "$work/" . basename($file);
    copy($file, $copy);
    $id = media_handle_sideload(['name' => basename($file), 'tmp_name' => $copy], 0);
    is_wp_error($id) && exit($id->get_error_message() . "\n");
    $caption = "Bijschrift $index van de bibliotheek: ’s ochtends & “vroeg”.";
    $alt = "Alternatieve tekst $index <met> tekens & zo";
    wp_update_post(['ID' => $id, 'post_excerpt' => $caption, 'post_content' => "Beschrijving $index", 'post_title' => "Titel $index"]);
    update_post_meta($id, '_wp_attachment_image_alt', $alt);
    $photographs[] = ['id' => $id, 'caption' => $caption, 'alt' => $alt, 'large' => wp_get_attachment_image_url($id, 'large'),
        'full' => wp_get_attachment_url($id), 'file' => get_post_meta($id, '_wp_attached_file', true)];
}

$expected = [];
function post(array $fields, array $shown, array $more = []) {
    global $expected;
    $id = wp_insert_post(wp_slash($fields + ['post_status' => 'publish', 'post_author' => 1]), true);
    is_wp_error($id) && exit($id->get_error_message() . "\n");
    foreach ($more['meta'] ?? [] as $key => $value) {
        update_post_meta($id, $key, $value);
    }
    if (isset($more['tags'])) {
        wp_set_post_tags($id, $more['tags']);
    }
    $expected[] = ['id' => $id, 'title' => $fields['post_title'], 'status' => get_post_status($id), 'password' => $fields['post_password'] ?? '',
        'link' => get_permalink($id), 'date' => substr(get_post($id)->post_date, 0, 10), 'published' => get_post($id)->post_date_gmt,
        'slug' => get_post($id)->post_name, 'excerpt' => $fields['post_excerpt'] ?? null, 'shown' => $shown, 'tags' => $more['tags'] ?? []]
        + array_diff_key($more, ['meta' => 0]);
    return $id;
}

function image_block(array $photograph, ?string $caption, string $alt, string $settings = '') {
    $words = $caption === null ? '' : '<figcaption class="wp-element-caption">' . esc_html($caption) . '</figcaption>';
    return '<!-- wp:image {"id":' . $photograph['id'] . ',"sizeSlug":"large","linkDestination":"none"' . $settings . "} -->\n"
        . '<figure class="wp-block-image size-large"><img src="' . $photograph['large'] . '" alt="' . esc_attr($alt) . '" class="wp-image-'
        . $photograph['id'] . '"/>' . $words . "</figure>\n<!-- /wp:image -->\n";
}

function paragraph(string $html) {
    return "<!-- wp:paragraph -->\n<p>$html</p>\n<!-- /wp:paragraph -->\n\n";
}

// The block editor as it is: a gallery is ten image blocks, each with words of its own.
$images = '';
$shown = [];
foreach ($photographs as $index => $photograph) {
    $caption = "Frontlinie Mosul, Irak. Beeld $index: “Papieren,” zegt de jongen & lacht.";
    $alt = "In de galerij $index";
    $images .= image_block($photograph, $caption, $alt);
    $shown[] = ['caption' => $caption, 'alt' => $alt];
}
$other = $photographs[4];
$content = paragraph('De weg naar het noorden is een <strong>strook</strong> opgelapt asfalt, zie <a href="https://kade.example/2019/05/oud/">het eerste deel</a>.')
    . "<!-- wp:heading -->\n<h2>De twintigste trede</h2>\n<!-- /wp:heading -->\n\n"
    . '<!-- wp:gallery {"linkTo":"none","columns":2} -->' . "\n" . '<figure class="wp-block-gallery has-nested-images columns-2 is-cropped">'
    . $images . '<figcaption class="blocks-gallery-caption wp-element-caption">Tien keer de Pakhuisstraat.</figcaption></figure>' . "\n<!-- /wp:gallery -->\n\n"
    . "<!-- wp:quote -->\n<blockquote class=\"wp-block-quote\"><p>Een vraagteken is beter.</p><cite>De wijkmeester</cite></blockquote>\n<!-- /wp:quote -->\n\n"
    . "<!-- wp:pullquote -->\n<figure class=\"wp-block-pullquote\"><blockquote><p>Je leert alleen wanneer je moet remmen.</p><cite>De chauffeur</cite></blockquote></figure>\n<!-- /wp:pullquote -->\n\n"
    . "<!-- wp:list -->\n<ul><li>drie stenen voor een tomaat</li><li>vijf voor een <em>verhaal</em></li></ul>\n<!-- /wp:list -->\n\n"
    . '<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div class="wp-block-column">'
    . image_block($other, null, '', ',"align":"wide"') . '</div><!-- /wp:column --><!-- wp:column --><div class="wp-block-column">' . paragraph('In de tweede kolom.')
    . '</div><!-- /wp:column --></div><!-- /wp:columns -->' . "\n\n"
    . '<!-- wp:embed {"url":"https://www.youtube.com/watch?v=abc","type":"video","providerNameSlug":"youtube"} --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">' . "\nhttps://www.youtube.com/watch?v=abc\n" . '</div></figure><!-- /wp:embed -->' . "\n\n"
    . '<!-- wp:kade/kaart {"plaats":"Mosul"} --><div>Een kaart van de stad.</div><!-- /wp:kade/kaart -->' . "\n";
$last = ['caption' => null, 'alt' => $other['alt']];
post(['post_title' => '“’s Nachts hoor je de stad ademen”', 'post_content' => $content, 'post_date' => '2019-05-12 10:30:00',
    'post_excerpt' => 'Een jaar na de laatste schoten telt een wijk haar deuren.'], [...$shown, $last],
    ['meta' => ['_thumbnail_id' => $photographs[2]['id']], 'tags' => ['Irak', 'wederopbouw'], 'lead' => $shown[2]['alt'],
        'group_caption' => 'Tien keer de Pakhuisstraat.', 'words' => ['strook', 'In de tweede kolom.', 'youtube.com/watch', 'Een kaart van de stad.', 'De wijkmeester', 'De chauffeur', 'tomaat']]);

// The block editor as it was until 2021: a list in a figure.
$items = '';
$shown = [];
foreach ($photographs as $index => $photograph) {
    $caption = "Oude galerij, beeld $index.";
    $alt = "Oude galerij alt $index";
    $items .= '<li class="blocks-gallery-item"><figure><img src="' . $photograph['large'] . '" alt="' . $alt . '" data-id="' . $photograph['id'] . '" data-full-url="'
        . $photograph['full'] . '" class="wp-image-' . $photograph['id'] . '"/><figcaption class="blocks-gallery-item__caption">' . $caption . '</figcaption></figure></li>';
    $shown[] = ['caption' => $caption, 'alt' => $alt];
}
$ids = implode(',', array_column($photographs, 'id'));
post(['post_title' => 'Een galerij van vroeger', 'post_date' => '2020-02-29 23:45:00', 'post_content' => paragraph('Eerst tekst.')
    . "<!-- wp:gallery {\"ids\":[$ids]} -->\n<figure class=\"wp-block-gallery columns-3 is-cropped\"><ul class=\"blocks-gallery-grid\">$items</ul>"
    . "<figcaption class=\"blocks-gallery-caption\">Onder de galerij.</figcaption></figure>\n<!-- /wp:gallery -->\n"], $shown,
    ['group_caption' => 'Onder de galerij.']);

// The classic editor: shortcodes, and paragraphs that are empty lines. The order is another than that of the library.
$order = [9, 0, 8, 1, 7, 2, 6, 3, 5, 4];
$shown = [];
foreach ($order as $index) {
    $shown[] = ['caption' => $photographs[$index]['caption'], 'alt' => $photographs[$index]['alt']];
}
$ids = implode(',', array_map(fn ($index) => $photographs[$index]['id'], $order));
[$one, $two] = [$photographs[1], $photographs[6]];
post(['post_title' => 'Het water & de stad', 'post_date' => '2012-01-03 00:15:00', 'post_content' => "Eerste alinea,\nop twee regels.\n\nTweede alinea met <em>nadruk</em> en [sic].\n\n"
    . "[caption id=\"attachment_{$one['id']}\" align=\"alignnone\" width=\"300\"]<a href=\"{$one['full']}\"><img class=\"size-medium wp-image-{$one['id']}\" src=\"{$one['large']}\" alt=\"Los beeld\" width=\"300\" height=\"200\" /></a> Een los bijschrift, ’s avonds.[/caption]\n\n"
    . "[gallery ids=\"$ids\" columns=\"2\"]\n\n<img src=\"{$two['large']}\" alt=\"Kaal\" class=\"alignnone\" />\n\n[kaart plaats=\"Mosul\"]\n\nSlot."],
    [['caption' => 'Een los bijschrift, ’s avonds.', 'alt' => 'Los beeld'], ...$shown, ['caption' => null, 'alt' => 'Kaal']],
    ['words' => ['Eerste alinea,', 'nadruk', '[sic]', 'Slot.']]);

$single = image_block($photographs[0], 'Een bijschrift.', 'Een alt');
$one_shown = [['caption' => 'Een bijschrift.', 'alt' => 'Een alt']];
post(['post_title' => 'Een concept', 'post_content' => $single, 'post_status' => 'draft'], $one_shown);
post(['post_title' => 'Alleen voor ons', 'post_content' => $single, 'post_status' => 'private', 'post_date' => '2018-03-04 12:00:00'], $one_shown);
post(['post_title' => 'Voor later', 'post_content' => $single, 'post_status' => 'future', 'post_date' => '2099-01-01 12:00:00'], $one_shown);
post(['post_title' => 'Achter slot', 'post_content' => $single, 'post_password' => 'sesam', 'post_date' => '2018-03-05 12:00:00'], $one_shown);
post(['post_title' => 'Over ons', 'post_content' => $single, 'post_type' => 'page', 'post_date' => '2017-03-05 12:00:00'], $one_shown);

// One whose file will be lost.
$copy = "$work/lost.png";
$picture = imagecreatetruecolor(640, 480);
imagefill($picture, 0, 0, imagecolorallocate($picture, 200, 30, 30));
imagepng($picture, $copy);
$lost = media_handle_sideload(['name' => 'lost.png', 'tmp_name' => $copy], 0);
$photograph = ['id' => $lost, 'large' => wp_get_attachment_url($lost)];
post(['post_title' => 'Met een gat', 'post_content' => image_block($photograph, 'Dit beeld is weg.', 'Weg') . $single, 'post_date' => '2018-05-05 12:00:00'], $one_shown);
file_put_contents("$work/missing", get_post_meta($lost, '_wp_attached_file', true));
file_put_contents("$work/expected.json", json_encode($expected, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE));
