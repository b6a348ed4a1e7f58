package org.martsync.console;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Camel's traced messages as it writes them: XML, one {@code backlogTracerEventMessage} a step, or a list of them. */
final class TracedMessages {

    private static final String MESSAGE = "backlogTracerEventMessage";
    private static final String EXCEPTION = "exception";
    private static final Set<String> SHOWN = Set.of("uid", "first", "last", "timestamp", "elapsed", "threadName", "done", "failed", "location",
            "routeId", "fromRouteId", "toNode", "exchangeId");
    /** Camel 4.18.0 writes the & between an endpoint's parameters as it is, and control characters that stand in a value. */
    private static final Pattern BARE = Pattern.compile("&(?!(amp|lt|gt|quot|apos|#\\d+|#x[0-9a-fA-F]+);)");
    private static final Pattern NO_XML = Pattern.compile("[^\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

    private TracedMessages() {
    }

    /** All of it, so that it can be read as XML: the console shows nothing of a list with a fault in it. */
    static String whole(String xml) {
        return xml == null ? null : NO_XML.matcher(BARE.matcher(xml).replaceAll("&amp;")).replaceAll(" ");
    }

    /**
     * Which step it was of which exchange, when and how long, and which kind of exception there was. Bodies, headers,
     * variables, properties and what an exception says may be patients' data.
     */
    static String stepsOnly(String xml) {
        if (xml == null || xml.isBlank()) {
            return xml;
        }
        try {
            DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
            parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder parser = parsers.newDocumentBuilder();
            parser.setErrorHandler(null);
            Element read = parser.parse(new InputSource(new StringReader(whole(xml)))).getDocumentElement();
            Document shown = parser.newDocument();
            if (read.getTagName().equals(MESSAGE)) {
                shown.appendChild(step(shown, read));
            } else {
                Element list = shown.createElement(MESSAGE + "s");
                elements(read).stream().filter(one -> one.getTagName().equals(MESSAGE)).forEach(one -> list.appendChild(step(shown, one)));
                shown.appendChild(list);
            }
            return written(shown);
        } catch (ParserConfigurationException | SAXException | IOException | TransformerException e) {
            // not with its cause, which may quote
            throw new IllegalStateException("The steps cannot be told from what was in the messages.");
        }
    }

    private static Element step(Document shown, Element message) {
        Element step = shown.createElement(MESSAGE);
        for (Element one : elements(message)) {
            if (SHOWN.contains(one.getTagName()) && elements(one).isEmpty()) {
                step.appendChild(shown.createElement(one.getTagName())).setTextContent(one.getTextContent());
            } else if (one.getTagName().equals(EXCEPTION)) {
                Element exception = shown.createElement(EXCEPTION);
                exception.setAttribute("type", one.getAttribute("type"));
                step.appendChild(exception);
            }
        }
        return step;
    }

    private static List<Element> elements(Element around) {
        List<Element> elements = new ArrayList<>();
        for (Node one = around.getFirstChild(); one != null; one = one.getNextSibling()) {
            if (one instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }

    private static String written(Document shown) throws TransformerException {
        StringWriter text = new StringWriter();
        Transformer write = TransformerFactory.newInstance().newTransformer();
        write.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        write.transform(new DOMSource(shown), new StreamResult(text));
        return text.toString();
    }
}
