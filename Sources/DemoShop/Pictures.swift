/// The shop's drawings by path. A picture is added here and to `pages/images`; a test holds the two together.
enum Pictures {
    static let all: [String: [UInt8]] = [
        "/images/bamboo-grey.svg": PackageResources.bamboo_grey_svg,
        "/images/beck-cream.svg": PackageResources.beck_cream_svg,
        "/images/beck-rust.svg": PackageResources.beck_rust_svg,
        "/images/cairn-black.svg": PackageResources.cairn_black_svg,
        "/images/cairn-teal.svg": PackageResources.cairn_teal_svg,
        "/images/ember-blue.svg": PackageResources.ember_blue_svg,
        "/images/ember-red.svg": PackageResources.ember_red_svg,
        "/images/fellside-moss.svg": PackageResources.fellside_moss_svg,
        "/images/fellside-slate.svg": PackageResources.fellside_slate_svg,
        "/images/glow-brass.svg": PackageResources.glow_brass_svg,
        "/images/glow-green.svg": PackageResources.glow_green_svg,
        "/images/harbour-navy.svg": PackageResources.harbour_navy_svg,
        "/images/harbour-tan.svg": PackageResources.harbour_tan_svg,
        "/images/kendal-navy.svg": PackageResources.kendal_navy_svg,
        "/images/kendal-olive.svg": PackageResources.kendal_olive_svg,
        "/images/langdale-black.svg": PackageResources.langdale_black_svg,
        "/images/langdale-brown.svg": PackageResources.langdale_brown_svg,
        "/images/merino-blue.svg": PackageResources.merino_blue_svg,
        "/images/merino-oat.svg": PackageResources.merino_oat_svg,
        "/images/pasture-sand.svg": PackageResources.pasture_sand_svg,
        "/images/scree-khaki.svg": PackageResources.scree_khaki_svg,
        "/images/stormfell-blue.svg": PackageResources.stormfell_blue_svg,
        "/images/stormfell-red.svg": PackageResources.stormfell_red_svg,
        "/images/tarn-green.svg": PackageResources.tarn_green_svg,
    ]
}
