using Microsoft.Extensions.Configuration;
using PortalServices.ServiceDefaults.Settings;

namespace PortalServices.ServiceDefaults.Tests.Settings;

/// <summary>Types as shapes that settings are held to.</summary>
public sealed class SettingShapeTests
{
    [Theory]
    [InlineData("S:Text", "")]
    [InlineData("s:text", "x")]
    [InlineData("S:Optional", "")]
    [InlineData("S:Optional", "3")]
    [InlineData("S:Level", "high")]
    [InlineData("S:Length", "0")]
    [InlineData("S:Length", "1.00:00:00")]
    [InlineData("S:Day", "Monday")]
    [InlineData("S:Address", "https://a.example")]
    [InlineData("S:Names:0", "x")]
    [InlineData("S:Names:10", "x")]
    [InlineData("S:Names", "")]
    [InlineData("S:Things:0:Names:0", "x")]
    [InlineData("S:Things:0:Inner:Inner:Text", "x")]
    [InlineData("S:ByName:any thing:Number", "3")]
    [InlineData("S:Words:a.b", "x")]
    [InlineData("S:Made:Number", "3")]
    public void What_can_be_bound_is_accepted(string key, string value) => Assert.Empty(Check(key, value));

    [Theory]
    [InlineData("S:Txet", "x", "S:Txet: there is no such setting")]
    [InlineData("S:Txt", "x", "S:Txt: there is no such setting: it is called Text now")]
    [InlineData("S:Things:0:txt", "x", "S:Things:0:txt: there is no such setting: it is called Text now")]
    [InlineData("S:Computed", "x", "S:Computed: there is no such setting")]
    [InlineData("S:Hidden", "x", "S:Hidden: there is no such setting")]
    [InlineData("S:Text:More", "x", "S:Text:More: there is no such setting: S:Text is a single value")]
    [InlineData("S:Number", "", "S:Number: '' is not a whole number")]
    [InlineData("S:Level", "1", "S:Level: '1' is not one of Low, High")]
    [InlineData("S:Level", "Low,High", "S:Level: 'Low,High' is not one of Low, High")]
    [InlineData("S:Length", "15", "S:Length: '15' is not a duration like 00:10:00")]
    [InlineData("S:Names", "x", "S:Names: a list, not a single value: its entries are S:Names:0 and so on")]
    [InlineData("S:Names:O", "x", "S:Names:O: there is no such setting: the entries of a list are S:Names:0 and so on")]
    [InlineData("S:Names:0:x", "x", "S:Names:0:x: there is no such setting: S:Names:0 is a single value")]
    [InlineData("S:Names:0", null, "S:Names:0: an entry of a list without a value")]
    [InlineData("S:Things:0", "x", "S:Things:0: a section, not a single value")]
    [InlineData("S:Things:0:Naems:0", "x", "S:Things:0:Naems:0: there is no such setting")]
    [InlineData("S:Things:0:Number", "x", "S:Things:0:Number: 'x' is not a whole number")]
    [InlineData("S:Things:0:Inner:Inner:Txet", "x", "S:Things:0:Inner:Inner:Txet: there is no such setting")]
    [InlineData("S:ByName:a:Nubmer", "3", "S:ByName:a:Nubmer: there is no such setting")]
    [InlineData("S:ByName", "3", "S:ByName: a section, not a single value")]
    [InlineData("S:Words:a:b", "x", "S:Words:a:b: there is no such setting: S:Words:a is a single value")]
    [InlineData("S:Made:Nubmer", "3", "S:Made:Nubmer: there is no such setting")]
    public void What_nothing_reads_is_named_by_its_key(string key, string? value, string expected) =>
        Assert.Equal(expected, Assert.Single(Check(key, value)));

    [Fact]
    public void A_long_value_is_not_repeated_whole() =>
        Assert.InRange(Assert.Single(Check("S:Number", new string('x', 100_000))).Length, 1, 200);

    private static List<string> Check(string key, string? value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        List<string> mistakes = [];
        SettingShape.Of(typeof(Settings)).Check(SettingNode.Read(configuration, "S"), mistakes);
        return mistakes;
    }

    internal enum Level
    {
        Low,
        High,
    }

    internal sealed class Settings
    {
        [RenamedFrom("Txt")]
        public string? Text { get; set; }

        public int Number { get; set; }

        public int? Optional { get; set; }

        public Level Level { get; init; }

        public TimeSpan Length { get; set; }

        public DayOfWeek Day { get; set; }

        public Uri? Address { get; set; }

        public IList<string> Names { get; } = [];

        public IReadOnlyList<Thing> Things { get; init; } = [];

        public Dictionary<string, Thing> ByName { get; } = [];

        public IReadOnlyDictionary<string, string>? Words { get; init; }

        public Made? Made { get; set; }

        public bool Computed => Number > 0;

        internal string? Hidden { get; set; }
    }

    internal sealed record Thing
    {
        public IList<string> Names { get; } = [];

        public int Number { get; init; }

        [RenamedFrom("Txt")]
        public string? Text { get; init; }

        public Thing? Inner { get; init; }
    }

    internal sealed record Made(int Number);
}
