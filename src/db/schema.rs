//! The tables as Diesel sees them; `migrations` is what makes them, a test compares the two.

#![allow(missing_docs, reason = "the columns are described in the migrations")]

diesel::table! {
    accounts (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        seen_at -> Nullable<BigInt>,
        short_password -> Bool,
    }
}

diesel::table! {
    account_links (id) {
        id -> Text,
        kind -> Text,
        account_id -> Nullable<Text>,
        secret_hash -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        email -> Nullable<Text>,
        name -> Nullable<Text>,
        role -> Nullable<Text>,
        made_by -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        account_id -> Text,
        secret_hash -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        network -> Text,
        browser -> Text,
    }
}

diesel::table! {
    second_factors (account_id) {
        account_id -> Text,
        secret -> Text,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_codes (account_id, code_hash) {
        account_id -> Text,
        code_hash -> Text,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Text,
        account_id -> Text,
        credential_id -> Text,
        credential -> Text,
        name -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    pending_sign_ins (secret_hash) {
        secret_hash -> Text,
        account_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> BigInt,
        actor_id -> Nullable<Text>,
        actor_name -> Text,
        word -> Text,
        object -> Text,
        note -> Text,
    }
}

diesel::table! {
    tokens (id) {
        id -> Text,
        account_id -> Text,
        name -> Text,
        secret_hash -> Text,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sign_in_failures (id) {
        id -> Text,
        subject -> Text,
        failed_at -> BigInt,
    }
}

diesel::table! {
    originals (sha256) {
        sha256 -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        stored_at -> BigInt,
    }
}

diesel::table! {
    photos (id) {
        id -> Text,
        owner_id -> Text,
        original_sha256 -> Text,
        file_name -> Text,
        width_px -> Integer,
        height_px -> Integer,
        state -> Text,
        failure -> Nullable<Text>,
        damaged -> Bool,
        caption -> Nullable<Text>,
        headline -> Nullable<Text>,
        place -> Nullable<Text>,
        alt -> Nullable<Text>,
        decorative -> Bool,
        credit -> Nullable<Text>,
        creator -> Nullable<Text>,
        copyright -> Nullable<Text>,
        license -> Nullable<Text>,
        taken_on -> Nullable<Text>,
        captured_at -> Nullable<Text>,
        focal_x -> Double,
        focal_y -> Double,
        sensitive -> Bool,
        hide_place -> Bool,
        color -> Nullable<Text>,
        thumbhash -> Nullable<Text>,
        folder -> Nullable<Text>,
        packet -> Nullable<Text>,
        earlier_id -> Nullable<Text>,
        sensitive_by -> Nullable<Text>,
        place_by -> Nullable<Text>,
        embedded -> Text,
        version -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    renditions (id) {
        id -> Text,
        photo_id -> Text,
        folder -> Text,
        spec -> Text,
        purpose -> Text,
        media_type -> Text,
        width_px -> Integer,
        height_px -> Integer,
        size_bytes -> BigInt,
        created_at -> BigInt,
        sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    stories (id) {
        id -> Text,
        slug -> Text,
        title -> Text,
        standfirst -> Nullable<Text>,
        byline -> Nullable<Text>,
        language -> Text,
        story_date -> Nullable<Text>,
        tags -> Text,
        lead_block_id -> Nullable<Text>,
        graphic -> Bool,
        embargo_until -> Nullable<BigInt>,
        version -> Integer,
        change_count -> Integer,
        publications_made -> Integer,
        live_publication -> Nullable<Integer>,
        live_change_count -> Nullable<Integer>,
        first_published_at -> Nullable<BigInt>,
        live_since -> Nullable<BigInt>,
        created_by -> Text,
        created_at -> BigInt,
        updated_by -> Text,
        updated_at -> BigInt,
        publish_at -> Nullable<BigInt>,
        publish_zone -> Nullable<Text>,
        scheduled_by -> Nullable<Text>,
        scheduled_correction -> Nullable<Text>,
        held_at -> Nullable<BigInt>,
        held_because -> Nullable<Text>,
        embargo_zone -> Nullable<Text>,
    }
}

diesel::table! {
    preview_links (id) {
        id -> Text,
        story_id -> Text,
        label -> Text,
        secret_hash -> Text,
        made_by -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    kept_marks (sha256) {
        sha256 -> Text,
        sensitive -> Bool,
        hide_place -> Bool,
        sensitive_by -> Nullable<Text>,
        place_by -> Nullable<Text>,
    }
}

diesel::table! {
    corrections (story_id, publication) {
        story_id -> Text,
        publication -> Integer,
        text -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    listings (kind, slug, story_id) {
        kind -> Text,
        slug -> Text,
        name -> Text,
        story_id -> Text,
        first_published_at -> BigInt,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
        version -> Integer,
        updated_by -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    slug_redirects (slug) {
        slug -> Text,
        story_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    story_origins (source) {
        source -> Text,
        story_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    old_addresses (address) {
        address -> Text,
        story_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    story_members (story_id, account_id) {
        story_id -> Text,
        account_id -> Text,
        added_by -> Text,
        added_at -> BigInt,
    }
}

diesel::table! {
    blocks (id) {
        id -> Text,
        story_id -> Text,
        position -> Nullable<Integer>,
        kind -> Text,
        layout -> Nullable<Text>,
        body -> Nullable<Text>,
        attribution -> Nullable<Text>,
        version -> Integer,
        updated_by -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    frames (id) {
        id -> Text,
        block_id -> Text,
        position -> Integer,
        photo_id -> Text,
        place -> Nullable<Text>,
        caption -> Nullable<Text>,
        alt -> Nullable<Text>,
        decorative -> Nullable<Bool>,
        credit -> Nullable<Text>,
        focal_x -> Nullable<Double>,
        focal_y -> Nullable<Double>,
        crop -> Nullable<Text>,
        graphic -> Bool,
        version -> Integer,
        updated_by -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    publications (id) {
        id -> Text,
        story_id -> Text,
        number -> Integer,
        document -> Text,
        published_by -> Text,
        published_at -> BigInt,
    }
}

diesel::table! {
    published_photos (story_id, photo_id, folder) {
        story_id -> Text,
        photo_id -> Text,
        folder -> Text,
    }
}

diesel::table! {
    revisions (id) {
        id -> Text,
        story_id -> Text,
        number -> Integer,
        reason -> Text,
        draft -> Text,
        made_by -> Text,
        made_at -> BigInt,
    }
}

diesel::table! {
    steps (id) {
        id -> Text,
        story_id -> Text,
        number -> Integer,
        what -> Text,
        before -> Text,
        after -> Text,
        made_by -> Text,
        made_at -> BigInt,
        undone_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    imports (source) {
        source -> Text,
        story_id -> Text,
        change_count -> Integer,
        imported_at -> BigInt,
    }
}

diesel::table! {
    story_codes (story_id) {
        story_id -> Text,
        codes -> Text,
        updated_by -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> Text,
        kind -> Text,
        subject_id -> Text,
        state -> Text,
        priority -> Integer,
        tries -> Integer,
        due_at -> BigInt,
        claimed_at -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    drop_links (id) {
        id -> Text,
        secret_hash -> Text,
        story_id -> Text,
        made_by -> Text,
        label -> Text,
        files_begun -> Integer,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    uploads (id) {
        id -> Text,
        owner_id -> Text,
        drop_link_id -> Nullable<Text>,
        file_name -> Text,
        metadata -> Nullable<Text>,
        story_id -> Nullable<Text>,
        position -> Nullable<Integer>,
        batch -> Nullable<Text>,
        length_bytes -> BigInt,
        offset_bytes -> BigInt,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
        photo_id -> Nullable<Text>,
        placed -> Nullable<Bool>,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Text,
        label -> Text,
        url -> Text,
        events -> Text,
        secret -> Text,
        old_secret -> Nullable<Text>,
        old_secret_until -> Nullable<BigInt>,
        version -> Integer,
        made_by -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        disabled_because -> Nullable<Text>,
        delivered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_events (id) {
        id -> Text,
        kind -> Text,
        fact -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        webhook_id -> Text,
        event_id -> Text,
        state -> Text,
        tries -> Integer,
        started_at -> BigInt,
        due_at -> Nullable<BigInt>,
        created_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_attempts (delivery_id, number) {
        delivery_id -> Text,
        number -> Integer,
        at -> BigInt,
        duration_ms -> BigInt,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        answer -> Text,
    }
}

diesel::table! {
    repeatable_answers (account_id, key_hash) {
        account_id -> Text,
        key_hash -> Text,
        request_hash -> Text,
        status -> Integer,
        headers -> Text,
        body -> Nullable<Binary>,
        answered_at -> BigInt,
    }
}

diesel::table! {
    live_stories (number) {
        number -> BigInt,
        story_id -> Text,
        language -> Text,
        first_published_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    desk_entries (number) {
        number -> BigInt,
        subject_id -> Text,
    }
}

diesel::table! {
    desk_stale (subject_id) {
        subject_id -> Text,
    }
}

diesel::joinable!(account_links -> accounts (account_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(tokens -> accounts (account_id));
diesel::joinable!(second_factors -> accounts (account_id));
diesel::joinable!(recovery_codes -> accounts (account_id));
diesel::joinable!(passkeys -> accounts (account_id));
diesel::joinable!(pending_sign_ins -> accounts (account_id));
diesel::joinable!(photos -> accounts (owner_id));
diesel::joinable!(photos -> originals (original_sha256));
diesel::joinable!(renditions -> photos (photo_id));
diesel::joinable!(preview_links -> stories (story_id));
diesel::joinable!(preview_links -> accounts (made_by));
diesel::joinable!(corrections -> stories (story_id));
diesel::joinable!(imports -> stories (story_id));
diesel::joinable!(listings -> stories (story_id));
diesel::joinable!(settings -> accounts (updated_by));
diesel::joinable!(slug_redirects -> stories (story_id));
diesel::joinable!(story_origins -> stories (story_id));
diesel::joinable!(old_addresses -> stories (story_id));
diesel::joinable!(story_members -> stories (story_id));
diesel::joinable!(blocks -> stories (story_id));
diesel::joinable!(blocks -> accounts (updated_by));
diesel::joinable!(frames -> blocks (block_id));
diesel::joinable!(frames -> photos (photo_id));
diesel::joinable!(frames -> accounts (updated_by));
diesel::joinable!(publications -> stories (story_id));
diesel::joinable!(publications -> accounts (published_by));
diesel::joinable!(published_photos -> stories (story_id));
diesel::joinable!(published_photos -> photos (photo_id));
diesel::joinable!(revisions -> stories (story_id));
diesel::joinable!(revisions -> accounts (made_by));
diesel::joinable!(drop_links -> accounts (made_by));
diesel::joinable!(drop_links -> stories (story_id));
diesel::joinable!(steps -> stories (story_id));
diesel::joinable!(story_codes -> stories (story_id));
diesel::joinable!(steps -> accounts (made_by));
diesel::joinable!(webhooks -> accounts (made_by));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(webhook_deliveries -> webhook_events (event_id));
diesel::joinable!(webhook_attempts -> webhook_deliveries (delivery_id));
diesel::joinable!(repeatable_answers -> accounts (account_id));
diesel::joinable!(live_stories -> stories (story_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    account_links,
    sessions,
    tokens,
    second_factors,
    recovery_codes,
    passkeys,
    pending_sign_ins,
    audit,
    sign_in_failures,
    originals,
    kept_marks,
    photos,
    renditions,
    stories,
    preview_links,
    corrections,
    imports,
    listings,
    settings,
    counters,
    slug_redirects,
    story_origins,
    old_addresses,
    story_members,
    blocks,
    frames,
    publications,
    published_photos,
    revisions,
    steps,
    story_codes,
    jobs,
    drop_links,
    uploads,
    webhooks,
    webhook_events,
    webhook_deliveries,
    webhook_attempts,
    repeatable_answers,
    live_stories,
    desk_entries,
    desk_stale,
);
