internal import AlertEngine
internal import Text

/// The age of a page, which only the browser knows.
///
/// The script is the only one that a page may run: the page's policy has its hash. It reads the two
/// times in the page, asks for nothing, and writes plain text.
struct PageAge {
  /// When the page was made.
  let made: Instant
  /// The usual time between two samples; `nil` if there were too few.
  let schedule: Duration?

  /// - Parameter report: the run that the page shows.
  init(_ report: RunReport) {
    made = report.generatedAt
    let longest = report.checks.map(\.recent.entries).max { $0.count < $1.count } ?? []
    let steps = zip(longest.dropFirst(), longest).map { $0.at - $1.at }.sorted()
    schedule = steps.isEmpty ? nil : steps[steps.count / 2]
  }

  /// Where the script writes the age; empty without scripts.
  var markup: Markup {
    guard made.isWritable else { return "" }
    let every: Markup =
      schedule.map { " data-every=\"\(Int($0.wholeMilliseconds / 1_000))\"" } ?? ""
    return """
      <span id="age" data-made="\(made.rfc3339)"\(every)></span>
      """
  }

  static let script: Markup = """
    (function(){var a=document.getElementById("age"),d=a.dataset;
    function w(s){var u=[[86400," d"],[3600," h"],[60," m"]],p=[];u.forEach(function(n){
    var c=Math.floor(s/n[0]);s-=c*n[0];if(c)p.push(c+n[1])});return p.slice(0,2).join(" ")||"0 m"}
    function f(){var s=Math.max(0,(Date.now()-Date.parse(d.made))/1e3),e=Number(d.every||0),
    l=e?Math.sign(s-2*e-60)===1:false;a.className=l?"is-pending state":"";
    a.textContent=w(s)+" old"+(e?"; a schedule of "+w(e):"")+(l?": is the job still running?":"")}
    f();setInterval(f,1e4)})()
    """

  /// The SHA-256 of the script in Base64.
  static let scriptHash = "v1Lls0jIWslhhh3XB8lokV0rZFs/N4aXHV6oHht+jHk="
}
