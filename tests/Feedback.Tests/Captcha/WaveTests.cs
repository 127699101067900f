namespace PortalServices.Feedback.Tests.Captcha;

public sealed class WaveTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        float[] samples = [0, 0.5f, -0.5f, 1, -1, 2, -2];
        float[] kept = [0, 0.5f, -0.5f, 1, -1, 1, -1];
        Assert.All(Wave.Read(Wave.Write(samples)).Zip(kept), pair => Assert.Equal(pair.Second, pair.First, 0.001f));
    }

    [Fact]
    public void Any_cut_of_a_file_is_refused()
    {
        var file = Wave.Write([0.1f, 0.2f, 0.3f]);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Wave.Read(file.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(22, 2)]
    [InlineData(24, 0)]
    [InlineData(34, 8)]
    public void Another_format_is_refused(int at, byte value)
    {
        var file = Wave.Write([0.1f, 0.2f, 0.3f]);
        file[at] = value;
        Assert.Throws<InvalidDataException>(() => Wave.Read(file));
    }
}
