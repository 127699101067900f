using PortalServices.Counting.Ledger;
using PortalServices.Counting.Model;
using StackExchange.Redis;

namespace PortalServices.Counting.Tests.Ledger;

/// <summary>
/// What lies in stores for years. A red test here means that existing numbers would no longer be found.
/// </summary>
public sealed class StoredNamesTests
{
    [Fact]
    public void Keys_never_change() =>
        Assert.Equal(
            [
                "{sonla}:ledger",
                "{sonla}:visitors:week:1",
                "{sonla}:visitors:day:2",
                "{sonla}:visitors:online:3",
                "{sonla}:visitors:online:3:1",
                "{sonla}:visitors:online",
                "{sonla}:visitor-key:4",
                "{sonla}:online-key:5",
                "counting:dead-letters",
            ],
            new RedisKey[]
            {
                CountingKeys.Ledger("sonla"),
                CountingKeys.WeekVisitors("sonla", 1),
                CountingKeys.DayVisitors("sonla", 2),
                CountingKeys.OnlineVisitors("sonla", 3),
                CountingKeys.OnlineVisitors("sonla", 3, 1),
                CountingKeys.OnlineScratch("sonla"),
                CountingKeys.VisitorKey("sonla", 4),
                CountingKeys.OnlineKey("sonla", 5),
                CountingKeys.DeadLetters,
            }.Select(key => key.ToString())
        );

    [Fact]
    public void A_dead_letter_is_named_by_its_message_and_its_consumer() =>
        Assert.Equal(
            "0198c0de000070008000000000000001.portal.counting.publish-page",
            CountingKeys.DeadLetterField(
                Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
                "portal.counting.publish-page"
            )
        );

    [Fact]
    public void A_pages_record_is_read_as_it_was_written()
    {
        var record = PageRecord.Parse(
            "100 20 7 10 5 14 30 7 40|1000 20 1 14 2|-3 10 -1 14 -3|0198c0de000070008000000000000001"
        );
        Assert.Equal((true, 1_097), (record.IsPublished, record.ShownTotal));
        Assert.False(PageRecord.Parse("100 20 7 10 5 14 30 7 40|1000 20 1 14 2").IsPublished);
        Assert.Equal(new ViewTotals(8, 29, 1_097), record.Shown(day: 20, week: 14));
        Assert.Equal(new ViewTotals(4, 40, 1_097), record.Shown(day: 10, week: 7));
        Assert.Equal(new ViewTotals(0, 0, 1_097), record.Shown(day: 30, week: 21));
        Assert.Equal(default, PageRecord.Parse("").Shown(20, 14));
    }

    [Theory]
    [InlineData("1 2 3")]
    [InlineData("1 2 3 4 5 6 7 8 x")]
    [InlineData("1 2 3 4 5 6 7 8 9|1 2")]
    public void A_record_that_is_none_is_an_error_and_no_zero(string text) =>
        Assert.Throws<FormatException>(() => PageRecord.Parse(text));
}
