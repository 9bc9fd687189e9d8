package dev.ringway.control.translate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.FractionCondition;
import dev.ringway.engine.route.HeaderCondition;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.LiteralMatch;
import dev.ringway.engine.route.QueryCondition;
import dev.ringway.engine.route.RangeMatch;
import dev.ringway.engine.route.RegexMatch;
import dev.ringway.engine.route.TextMatch;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher.HeaderMatchSpecifierCase;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher.QueryParameterMatchSpecifierCase;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates what is demanded of requests: {@code config.route.v3.HeaderMatcher}, {@code QueryParameterMatcher},
 * {@code type.matcher.v3.StringMatcher} and {@code config.core.v3.RuntimeFractionalPercent}. Control thread only.
 */
final class ConditionTranslator
{
    private static final int MAX_PARAMETER_NAME = 1024;
    private static final TextMatch NONE = (view, buffer, offset, length) -> false;

    private final Checks checks;
    private final Fractions fractions;

    /**
     * @param checks  where faults go.
     * @param runtime values that shares depend on.
     */
    ConditionTranslator(final Checks checks, final RuntimeValues runtime)
    {
        this.checks = checks;
        fractions = new Fractions(checks, runtime);
    }

    /**
     * @param configs messages.
     * @param path    of their field.
     * @return what they demand.
     */
    List<Condition> headers(final List<HeaderMatcher> configs, final FieldPath path)
    {
        final List<Condition> conditions = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            conditions.add(header(configs.get(i), path.at(i)));
        }
        return conditions;
    }

    @SuppressWarnings("deprecation")
    Condition header(final HeaderMatcher config, final FieldPath path)
    {
        final String name = config.getName();
        if (checks.required(name, path.field("name")) && name.chars().anyMatch(c -> c < 0x20))
        {
            checks.fault(path.field("name"), "must not hold control characters");
        }
        final TextMatch match = switch (config.getHeaderMatchSpecifierCase())
        {
            case EXACT_MATCH -> config.getExactMatch().isEmpty() ? (view, buffer, offset, length) -> true :
                literal(LiteralMatch.Kind.EXACT, config.getExactMatch(), false);
            case PREFIX_MATCH ->
                part(LiteralMatch.Kind.PREFIX, config.getPrefixMatch(), false, path.field("prefix_match"));
            case SUFFIX_MATCH ->
                part(LiteralMatch.Kind.SUFFIX, config.getSuffixMatch(), false, path.field("suffix_match"));
            case CONTAINS_MATCH ->
                part(LiteralMatch.Kind.CONTAINS, config.getContainsMatch(), false, path.field("contains_match"));
            case SAFE_REGEX_MATCH -> regex(config.getSafeRegexMatch(), path.field("safe_regex_match"));
            case RANGE_MATCH -> new RangeMatch(config.getRangeMatch().getStart(), config.getRangeMatch().getEnd());
            case STRING_MATCH -> text(config.getStringMatch(), path.field("string_match"));
            case PRESENT_MATCH, HEADERMATCHSPECIFIER_NOT_SET -> null;
        };
        return new HeaderCondition(new HeaderKey(name.isEmpty() ? "-" : name), match,
            config.getHeaderMatchSpecifierCase() == HeaderMatchSpecifierCase.HEADERMATCHSPECIFIER_NOT_SET ||
                config.getPresentMatch(),
            config.getInvertMatch(), config.getTreatMissingHeaderAsEmpty());
    }

    /**
     * @param configs messages.
     * @param path    of their field.
     * @return what they demand.
     */
    List<Condition> parameters(final List<QueryParameterMatcher> configs, final FieldPath path)
    {
        final List<Condition> conditions = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final QueryParameterMatcher config = configs.get(i);
            checks.required(config.getName(), path.at(i).field("name"));
            if (config.getName().length() > MAX_PARAMETER_NAME)
            {
                checks.fault(path.at(i).field("name"), "is longer than " + MAX_PARAMETER_NAME + " bytes");
            }
            final QueryParameterMatchSpecifierCase kind = config.getQueryParameterMatchSpecifierCase();
            conditions.add(new QueryCondition(bytes(config.getName()),
                kind == QueryParameterMatchSpecifierCase.STRING_MATCH ?
                    text(config.getStringMatch(), path.at(i).field("string_match")) : null,
                kind == QueryParameterMatchSpecifierCase.QUERYPARAMETERMATCHSPECIFIER_NOT_SET ||
                    config.getPresentMatch()));
        }
        return conditions;
    }

    /**
     * @param config message.
     * @param path   of it.
     * @return what holds for that share of the requests.
     */
    FractionCondition fraction(final RuntimeFractionalPercent config, final FieldPath path)
    {
        final FractionalPercent fraction = fractions.percent(config, path);
        return new FractionCondition(fraction.getNumerator(), Fractions.whole(fraction));
    }

    /**
     * @param config message.
     * @param path   of it.
     * @return what it demands of a value; nothing fits it when it is faulty, which is then noted.
     */
    TextMatch text(final StringMatcher config, final FieldPath path)
    {
        final boolean ignoreCase = config.getIgnoreCase();
        return switch (config.getMatchPatternCase())
        {
            case EXACT -> literal(LiteralMatch.Kind.EXACT, config.getExact(), ignoreCase);
            case PREFIX -> part(LiteralMatch.Kind.PREFIX, config.getPrefix(), ignoreCase, path.field("prefix"));
            case SUFFIX -> part(LiteralMatch.Kind.SUFFIX, config.getSuffix(), ignoreCase, path.field("suffix"));
            case CONTAINS -> part(LiteralMatch.Kind.CONTAINS, config.getContains(), ignoreCase, path.field("contains"));
            case SAFE_REGEX -> regex(config.getSafeRegex(), path.field("safe_regex"));
            default ->
            {
                checks.fault(path, "needs exact, prefix, suffix, contains or safe_regex");
                yield NONE;
            }
        };
    }

    private TextMatch part(
        final LiteralMatch.Kind kind, final String text, final boolean ignoreCase, final FieldPath path)
    {
        checks.required(text, path);
        return literal(kind, text, ignoreCase);
    }

    private static TextMatch literal(final LiteralMatch.Kind kind, final String text, final boolean ignoreCase)
    {
        return new LiteralMatch(kind, bytes(text), ignoreCase);
    }

    /**
     * @param config message.
     * @param path   of it.
     * @return what it demands of a value, or null when it is faulty, which is then noted.
     */
    RegexMatch regex(final RegexMatcher config, final FieldPath path)
    {
        final Pattern pattern = pattern(config, path);
        return pattern == null ? null : new RegexMatch(pattern);
    }

    /**
     * @param config message.
     * @param path   of it.
     * @return the expression, or null when it is faulty, which is then noted.
     */
    Pattern pattern(final RegexMatcher config, final FieldPath path)
    {
        final String regex = config.getRegex();
        if (!checks.required(regex, path.field("regex")))
        {
            return null;
        }
        try
        {
            return Pattern.compile(regex);
        }
        catch (final PatternSyntaxException ex)
        {
            checks.fault(path.field("regex"), "'" + regex + "' is no regular expression: " + ex.getMessage());
            return null;
        }
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
