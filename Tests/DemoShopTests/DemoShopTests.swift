import Foundation
import Testing

@testable import DemoShop

@Suite struct DemoShopTests {
    @Test(arguments: DemoShop.documentPaths)
    func everyDocumentCarriesTheWholeIntegrationInOneLine(path: String) throws {
        let html = try text(path)
        #expect(html.hasPrefix("<!doctype html>"))
        #expect(html.contains("<html lang=\"en\">"))
        #expect(html.contains("<script src=\"/alongside.js\" data-site=\"demo\" async></script>"))
    }

    @Test(arguments: DemoShop.documentPaths)
    func everyLinkPictureSheetAndScriptIsThere(path: String) throws {
        let targets = try addresses(in: text(path))
        #expect(targets.count > 10)
        for target in targets where !target.hasPrefix("#") && target != "/alongside.js" {
            let file = target.prefix { $0 != "#" }
            #expect(DemoShop.page(String(file)) != nil, "\(path) names \(target), which the shop does not serve")
        }
    }

    @Test(arguments: DemoShop.documentPaths)
    func nothingInADocumentNeedsALooserPolicy(path: String) throws {
        let html = try text(path)
        #expect(!html.contains(" style="))
        #expect(!html.contains("<style"))
        #expect(!html.contains("javascript:"))
        #expect(html.firstMatch(of: /\son[a-z]+=/) == nil)
        #expect(html.matches(of: /<script[^>]*>(?!<\/script>)/).isEmpty)
    }

    @Test(arguments: DemoShop.documentPaths)
    func everyPictureSaysWhatItShowsAndEveryFieldHasALabel(path: String) throws {
        let html = try text(path)
        for picture in html.matches(of: /<img [^>]*>/) {
            #expect(picture.output.contains(" alt="), "\(path): \(picture.output)")
        }
        let labelled = html.replacing(/<label[\s\S]*?<\/label>/, with: "")
        for field in labelled.matches(of: /<(input|select|textarea)[^>]*>/) {
            #expect(field.output.0.contains("aria-label"), "\(path): \(field.output.0) has no label")
        }
    }

    @Test func theSiteHasSeveralHundredElementsAndTheListingTwoDozenProducts() throws {
        let counts = try DemoShop.documentPaths.map { try text($0).matches(of: /<[a-z]/).count }
        #expect(counts.reduce(0, +) > 700)
        #expect(try text("/").matches(of: /<li class="card"/).count == 24)
    }

    @Test func everyDrawingOfTheFolderIsServed() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/DemoShop/pages/images")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files.map { "/images/\($0)" }) == Set(Pictures.all.keys))
        let picture = try #require(DemoShop.page("/images/fellside-moss.svg"))
        #expect(picture.contentType == "image/svg+xml")
    }

    @Test func aQueryIsIgnoredAndAnUnknownPathIsRefused() {
        #expect(DemoShop.page("/product?item=beck-rust")?.bytes == DemoShop.page("/product")?.bytes)
        #expect(DemoShop.page("/images/../shop.css") == nil)
        #expect(DemoShop.page("") == nil)
        #expect(DemoShop.page("/?q=boot")?.contentType == "text/html; charset=utf-8")
    }

    @Test func thePolicyAllowsNothingInline() {
        #expect(DemoShop.contentSecurityPolicy.hasPrefix("default-src 'self'; "))
        #expect(!DemoShop.contentSecurityPolicy.contains("unsafe"))
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try #require(DemoShop.page(path)).bytes, as: UTF8.self)
    }

    private func addresses(in html: String) -> [String] {
        html.matches(of: /\s(?:href|src|action)="([^"]+)"/).map { String($0.output.1) }
    }
}
