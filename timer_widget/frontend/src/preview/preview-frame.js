/** The controller frame of the admin's preview: everything is as on a host's page, but time goes to nowhere. */
import { openController } from "../controller/open-controller.js";
import { pretendApi } from "./pretend-api.js";

openController(pretendApi());
