package org.martsync.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Map;
import org.martsync.operate.Operations;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of one event with its story, and the search that leads there. */
@Controller
class EventPage {

    private final Operations operations;
    private final Figures figures;
    private final ObjectMapper json;

    EventPage(Operations operations, Figures figures, ObjectMapper json) {
        this.operations = operations;
        this.figures = figures;
        this.json = json.copy().enable(SerializationFeature.INDENT_OUTPUT);
    }

    @GetMapping("/events/{event:\\d{1,9}}")
    ModelAndView event(@PathVariable int event) throws JsonProcessingException {
        Map<String, Object> story = operations.explain(event);
        ModelAndView page = new ModelAndView("event", story.containsKey("mapping") ? HttpStatus.OK : HttpStatus.NOT_FOUND);
        page.addObject("story", story);
        if (story.get("payload") != null) {
            page.addObject("payload", json.writeValueAsString(story.get("payload")));
        }
        return page;
    }

    /** A POST, so that a patient's identifier stands in no address, history or log of a proxy. */
    @PostMapping("/search")
    String search(@RequestParam String sought, Model page) {
        String text = sought.replace("\0", "").strip();
        List<Figures.Found> found = text.isEmpty() ? List.of() : figures.find(text);
        if (found.size() == 1) {
            return "redirect:/events/" + found.get(0).id();
        }
        page.addAttribute("sought", text);
        page.addAttribute("found", found);
        return "found";
    }

    @PostMapping("/events/{event:\\d{1,9}}/try-again")
    String tryAgain(@PathVariable int event, RedirectAttributes next) {
        next.addFlashAttribute("said", operations.retrigger(event).getOutcome());
        return "redirect:/events/" + event;
    }

    @PostMapping("/events/{event:\\d{1,9}}/send-again")
    String sendAgain(@PathVariable int event, RedirectAttributes next) {
        next.addFlashAttribute("said", operations.resend(event).getOutcome());
        return "redirect:/events/" + event;
    }
}
