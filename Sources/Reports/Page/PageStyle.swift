/// The style sheet of a page, which is part of the page.
enum PageStyle {
  /// Printed bands are plain: a hatched one takes a browser as long as a page of text.
  static let sheet: Markup = """
    :root{color-scheme:light dark;\(PagePalette.variables(\.light), limit: 2_000)}
    @media (prefers-color-scheme:dark){:root{\(PagePalette.variables(\.dark), limit: 2_000)}}
    @media print{:root{color-scheme:light;\(PagePalette.variables(\.light), limit: 2_000);--paper:#fff}}
    \(text)
    \(tables)
    \(pictures)
    \(layout)
    """

  private static let text: Markup = """
    *{box-sizing:border-box}
    html{background:var(--paper);-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0 auto;max-width:84rem;padding:1.5rem 1.5rem 4rem;color:var(--ink);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    overflow-wrap:break-word}
    bdi,code,.facts td{overflow-wrap:anywhere}
    h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;letter-spacing:-.01em}
    h2{font-size:1.15rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-bottom:.3rem;
    border-bottom:1px solid var(--grid)}
    h3{font-size:1rem;line-height:1.4;margin:0 0 .15rem}
    h3 bdi,h4 bdi,th bdi{font-weight:600}
    h3,h4,th,td,p{overflow:clip;overflow-clip-margin:.25rem}
    td.picture{overflow:visible}
    p{margin:.25rem 0}
    a{color:var(--link);text-underline-offset:.15em}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px}
    code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
    .muted,caption,figcaption{color:var(--muted)}
    .small{font-size:.87rem}
    .lead{font-size:1.05rem}
    .state{font-weight:650;white-space:nowrap}
    .is-firing{color:var(--firing)}.is-pending{color:var(--pending)}
    .is-recovering{color:var(--recovering)}.is-unknown{color:var(--muted)}.is-calm{color:var(--calm)}
    .is-firing::before{content:"\\25A0\\2005"}.is-pending::before{content:"\\25B2\\2005"}
    .is-recovering::before{content:"\\25BC\\2005"}.is-unknown::before{content:"\\25C7\\2005"}
    .is-calm::before{content:"\\25CB\\2005"}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
    white-space:nowrap}
    ul.plain{margin:.5rem 0;padding:0;list-style:none}
    ul.plain li{margin:.2rem 0}
    .notice{border-left:3px solid var(--pending);padding:.1rem 0 .1rem .75rem;margin:.75rem 0}
    .notice.bad{border-color:var(--firing)}
    """

  private static let tables: Markup = """
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    caption{text-align:left;font-size:.87rem;padding:0 0 .3rem}
    th,td{text-align:left;vertical-align:top;padding:.2rem .75rem .2rem 0;
    border-bottom:1px solid var(--grid);font-size:.87rem;line-height:1.4}
    th{font-weight:400;color:var(--muted)}
    tr>:last-child{padding-right:0}
    .facts th{width:7.5rem}
    .head{max-width:44rem;margin-top:.75rem}
    .list thead th{vertical-align:bottom;white-space:normal}
    .list td,.list th[scope=row]{padding-top:.25rem;padding-bottom:.25rem}
    .n{text-align:right;white-space:nowrap}
    details{margin:.5rem 0 0}
    summary{cursor:pointer;color:var(--link);font-size:.87rem;width:fit-content}
    .wide{overflow-x:auto}
    """

  private static let pictures: Markup = """
    svg{display:block;overflow:visible}
    .plot,.strip{width:100%}
    .plot{width:calc(100% - 4.25rem);margin-left:4.25rem}
    .bare .plot{width:100%;margin-left:0}
    .box{overflow:visible}
    .tick{font-size:11px;fill:var(--muted);font-variant-numeric:tabular-nums}
    .grid{stroke:var(--grid);stroke-width:1}
    .calm{stroke:var(--faint);stroke-width:1}
    .line{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round;
    vector-effect:non-scaling-stroke}
    .bridge{fill:none;stroke:var(--line);stroke-width:1;stroke-dasharray:2 3;opacity:.7;
    vector-effect:non-scaling-stroke}
    .point{fill:var(--line);stroke:var(--paper);stroke-width:1}
    .point.bad{fill:var(--firing)}
    .limit{stroke:var(--firing);stroke-width:1.2;stroke-dasharray:7 3}
    .recovery{stroke:var(--recovering);stroke-width:1.2;stroke-dasharray:1.5 3}
    .limit-text,.recovery-text{font-size:11px;pointer-events:none;paint-order:stroke;stroke:var(--paper);
    stroke-width:3px;stroke-linejoin:round}
    .limit-text{fill:var(--firing)}.recovery-text{fill:var(--recovering)}
    .t-firing{fill:var(--firing);fill-opacity:.13}
    .t-pending{fill:var(--pending);fill-opacity:.1}
    .t-recovering{fill:var(--recovering);fill-opacity:.1}
    .firing{fill:var(--firing);stroke:var(--firing);stroke-width:1}
    .pending{fill:url(#h-pending);stroke:var(--pending);stroke-width:1}
    .recovering{fill:url(#h-recovering);stroke:var(--recovering);stroke-width:1}
    .unknown{fill:url(#h-unknown)}
    .missing{fill:url(#h-missing)}
    .gap{fill:url(#h-gap)}
    .hover{fill:transparent}
    .hover:hover{fill:var(--ink);fill-opacity:.08}
    .ink-pending{stroke:var(--pending)}.ink-recovering{stroke:var(--recovering)}
    .ink-unknown{stroke:var(--unknown)}.dot-gap{fill:var(--unknown)}
    .back{fill:var(--paper)}
    """

  private static let layout: Markup = """
    .alert{margin:0 0 2.25rem;padding-top:.25rem}
    .beside{display:grid;grid-template-columns:minmax(0,1fr) 22rem;grid-template-rows:auto 1fr;
    gap:.25rem 2rem;margin-top:.5rem}
    .beside>.side{grid-column:2;grid-row:1/3}
    .beside>.below{grid-column:1;min-width:0}
    figure{margin:0;min-width:0}
    .legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.75rem 0;padding:0;list-style:none;
    font-size:.87rem;color:var(--muted)}
    .legend li{display:flex;align-items:center;gap:.4rem}
    .legend svg{flex:none}
    .timeline th[scope=row]{width:26%;color:var(--ink)}
    .timeline td.picture{width:auto;padding-right:1.25rem;vertical-align:middle}
    .timeline .n{width:1%}
    .timeline tfoot th,.timeline tfoot td{border:0}
    table+h3{margin-top:1.25rem}
    .variants{display:grid;grid-template-columns:minmax(0,1fr) 33rem;gap:1.5rem 2rem}
    .variants th,.variants td{padding-right:.5rem}
    .variants>div{min-width:0}
    .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:1rem 1.5rem;
    margin:0;padding:0;list-style:none}
    .multiples li{border-top:1px solid var(--grid);padding-top:.35rem;font-size:.87rem;min-width:0}
    .whole{white-space:nowrap}
    .multiples li.configured{border-top:2px solid var(--ink)}
    footer{margin-top:3rem;color:var(--muted);font-size:.87rem}
    @media (max-width:64rem){.beside,.variants{grid-template-columns:minmax(0,1fr)}
    .beside>.side,.beside>.below{grid-column:1;grid-row:auto}}
    @media (max-width:40rem){
    body{padding:1rem .9rem 3rem}
    h1{font-size:1.35rem}
    .minor{display:none}
    .plot{width:calc(100% - 3.6rem);margin-left:3.6rem}
    .timeline thead{display:none}
    .timeline tr{display:flex;flex-wrap:wrap;column-gap:.75rem;padding:.15rem 0}
    .timeline th,.timeline td{border:0;padding:0}
    .timeline th[scope=row]{width:auto;flex:1 1 50%}
    .timeline td.n{width:auto}
    .timeline td.picture{order:9;flex:0 0 100%;padding:0}
    .timeline tfoot tr{display:block;border:0;padding:0}
    .timeline tfoot th{display:none}
    .variants th,.variants td{padding-right:.3rem;font-size:.74rem;line-height:1.3}
    .variants .wide{margin:0 -.9rem;padding-left:.9rem}
    .variants thead th{white-space:normal}
    }
    @media print{
    body{max-width:none;padding:0;font-size:10pt}
    .minor{display:none}
    h2,h3,.alert>p{break-after:avoid}
    .alert>p,.beside,.timeline tr,.multiples li,figure,tr{break-inside:avoid}
    .beside{grid-template-columns:minmax(0,1fr) 17rem;gap:.25rem 1.25rem}
    .beside>.side{grid-column:2;grid-row:1/3}
    .beside>.below{grid-column:1}
    a{color:inherit;text-decoration:none}
    .hover{display:none}
    .pending{fill:var(--pending);fill-opacity:.3}
    .recovering{fill:var(--paper)}
    .unknown{fill:var(--unknown);fill-opacity:.28}
    .missing{fill:var(--unknown);fill-opacity:.12;stroke:var(--unknown);stroke-width:.5}
    .gap{fill:none;stroke:var(--unknown);stroke-width:.75;stroke-dasharray:1 2}
    details::details-content{display:block;content-visibility:visible}
    }
    """
}
