using PortalServices.Content.Bodies;

namespace PortalServices.Content.Tests.Bodies;

/// <summary>HTML in order, of whatever was sent.</summary>
public sealed class BalancedHtmlTests
{
    [Theory]
    [InlineData("a < b && c", "a &lt; b && c")]
    [InlineData("<P Title=a'b>x", "<p title=\"a'b\">x</p>")]
    [InlineData("<p title='a\"b>c' title=d id=e>x</p>", "<p title=\"a&quot;b>c\">x</p>")]
    [InlineData("<a href = /x >y</a", "<a href=\"/x\">y</a>")]
    [InlineData("<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c</div>")]
    [InlineData("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>")]
    [InlineData("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>")]
    [InlineData("<b>a<i>b</b>c</i>d", "<b>a<i>b</i></b><i>c</i>d")]
    [InlineData("<p><b>a<p>b</b>c", "<p><b>a</b></p><p><b>b</b>c</p>")]
    [InlineData("<p><b>a</p></b><p>b", "<p><b>a</b></p><p>b</p>")]
    [InlineData("<a href=1>x<a href=2>y</a>z</a>", "<a href=\"1\">x</a><a href=\"2\">y</a>z")]
    [InlineData("<span><p>a</span>b</p>c</span>", "<span><p>ab</p>c</span>")]
    [InlineData("<h2>a<h3>b</h2>c", "<h2>a</h2><h3>b</h3>c")]
    [InlineData(
        "<table><tr><td>a<td>b<tr><td>c</table>d",
        "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d"
    )]
    [InlineData("<table><td><b>a<td>b</table>c", "<table><tbody><tr><td><b>a</b></td><td>b</td></tr></tbody></table>c")]
    [InlineData(
        "<table>a<tr>b<td>c</table>",
        "<table><tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table>"
    )]
    [InlineData(
        "<table><col><caption>a<thead><th>b</table>",
        "<table><colgroup><col></colgroup><caption>a</caption><thead><tr><th>b</th></tr></thead></table>"
    )]
    [InlineData(
        "<table><td><table><td>a</table>b</table>",
        "<table><tbody><tr><td><table><tbody><tr><td>a</td></tr></tbody></table>b</td></tr></tbody></table>"
    )]
    [InlineData("<td>a</td></tr></p></b>b</br>c", "a<p></p>b<br>c")]
    [InlineData("<p>a</p></p>b<div>c</p>d</div>", "<p>a</p><p></p>b<div>c<p></p>d</div>")]
    [InlineData(
        "<table><tr><td>a</td>&nbsp;<td>b</td> \u00a0</tr>x</table>",
        "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>x</td></tr></tbody></table>"
    )]
    [InlineData("<svg viewBox='0 0 1 1'><path d='M0 0'></path><p>a<math><mi>x<h2>b", "<p>a</p><h2>b</h2>")]
    [InlineData("<object data=x>a<p>b</object>c", "a<p>bc</p>")]
    [InlineData("a<script>b<p></script>c<style>d</style><title>e</title>f", "acf")]
    [InlineData("a<svg><a><text>b</text></a></svg>c<svg/>d<template><template>e</template>f</template>g", "acdg")]
    [InlineData("a<!-- <p> -->b<!-->c<!x>d<?e>f</ g>h<!-- i", "abcdfh")]
    [InlineData(
        "<section>a</section><ADDRESS id=x>b</address>c<p>d<article>e",
        "<div>a</div><div>b</div>c<p>d</p><div>e</div>"
    )]
    [InlineData("<font>a<x-y z='>'>b</font></x-y>c", "abc")]
    public void It_is_what_browsers_make_of_it(string html, string balanced) =>
        Assert.Equal(balanced, BalancedHtml.Of(html));
}
